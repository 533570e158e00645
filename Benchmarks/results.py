"""The page of results, from what bench.py measured."""

import statistics

import agent

MIB = 1 << 20


def number(value, digits=3):
    """With as many digits as are meant."""
    if value is None:
        return "–"
    if value == 0 or abs(value) >= 1000:
        return f"{round(value):,}"
    return f"{float(f'{value:.{digits}g}'):g}"


def spread(values, unit="", scale=1):
    """The median, and the least and most behind it."""
    values = [value * scale for value in values if value is not None]
    if not values:
        return "–"
    middle = f"{number(statistics.median(values))}{unit}"
    return middle if len(values) == 1 else f"{middle} ({number(min(values))} to {number(max(values))})"


def middle(rows, name):
    return statistics.median(row[name] for row in rows)


class Page:
    def __init__(self, figures):
        self.figures = figures
        self.lines = []
        self.missed = []

    def row(self, *cells):
        self.lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")

    def head(self, title, *names):
        self.lines += ["", f"## {title}"]
        self.row(*names)
        self.row(*["---"] * len(names))

    def asked(self, what, asked, reached, holds, command):
        self.row(what, asked, reached if holds else f"**missed:** {reached}", command)


def page(figures):
    made = Page(figures)
    about = figures["machine"]
    made.lines += [
        "# Results", "",
        "Written by `scripts/bench" + (" --quick" if figures["quick"] else "") + f"`, {about['date']}, commit "
        f"{about['commit']}, {figures['minutes']:.0f} minutes. Medians of {figures['runs']} runs, with the least and the most "
        "where there are several; growth, bytes and Kinto are of one run.",
        "", f"- Machine: {about['machine']}; everything on loopback", f"- Versions: {about['versions']}",
        f"- Disk: {spread(figures['fsync'])} durable appends of 4 KiB a second, measured between the runs",
        f"- Programs on the machine: {figures.get('load', '–')} ready to run on average at the end",
        "", "Bytes are bodies with all that authenticates them, without the HTTP lines. *Bare values* are the values alone, in "
        "columns, deflate 9; *naive columns* have ids and times too, deflate 6. *The bare loop* is the same work in "
        "as few statements as it takes (`Sources/bare-loop`), run in turns with ours."]
    wire_asked(made)
    speed_asked(made)
    first_sync(made)
    under_pages(made)
    beside(made)
    steps(made)
    growth(made)
    return "\n".join(made.lines) + "\n"


def wire_asked(made):
    figures = made.figures
    wire, sizes = figures["wire"], figures["payloads"]
    made.head("Bytes and requests", "what", "asked", "reached", "command")
    command = "`phusa-bench wire`"
    requests = max(row["requests"] for row in [wire[part][0] for part in ("W1", "W3", "W4")] + wire["nothing changed"])
    made.asked("requests of a warm sync", "1", requests, requests <= 1, command)
    idle = wire["nothing changed"]
    most = idle[-1]
    made.asked(
        f"nothing changed, {most['spaces']} spaces", "≤ 100 B each way",
        f"{most['up']} B up, {most['down']} B down", max(most["up"], most["down"]) <= 100, command)
    few = idle[0]
    made.asked(
        f"first contact, {few['spaces']} spaces", "≤ 200 B",
        f"{few['firstContactUp']} B up, {few['firstContactDown']} B down, {few['firstContactRequests']} request",
        max(few["firstContactUp"], few["firstContactDown"]) <= 200, command)
    made.asked(
        f"first contact, {most['spaces']} spaces", "≤ 200 B",
        f"{most['firstContactUp']} B up, {most['firstContactDown']} B down, {most['firstContactRequests']} requests",
        max(most["firstContactUp"], most["firstContactDown"]) <= 200, command)
    one = wire["one field"][0]
    made.asked(
        "one field of one record, median of 40", "≤ 150 B up, ≤ 110 B down",
        f"{one['up']} B up (at most {one['upMost']}), {one['down']} B down (at most {one['downMost']})",
        one["up"] <= 150 and one["down"] <= 110, command)
    for part, per_field, fixed in (("W4", 4, 200), ("W2", 4.5, 0)):
        row, limit = wire[part][0], None
        limit = sizes[part]["bare"] + fixed + per_field * row["fields"]
        words = f"bare values{' + 200 B' if fixed else ''} + {per_field:g} B a field = {number(limit)} B"
        made.asked(f"{part}, up", f"≤ {words}", f"{number(row['up'])} B", row["up"] <= limit, command)
    for part, most in (("W1", 287_000), ("W2", 437_000), ("W3", 1_280_000), ("W4", 1442)):
        row = wire[part][0]
        limit = min(most, sizes[part]["naive"])
        made.asked(
            f"{part}, up", f"below naive columns + deflate = {number(limit)} B", f"{number(row['up'])} B",
            row["up"] < limit, command)
    first = wire["first sync"][0]
    limit = sizes["first sync"]["bare"] + 8 * first["records"] + 0.5 * first["fields"]
    made.asked(
        f"first sync of {number(first['records'])} records",
        f"≤ bare values + 8 B a record + 0.5 B a field = {number(limit)} B", f"{number(first['down'])} B",
        first["down"] <= limit, command)
    cut = wire["first sync, cut"][0]
    made.asked(
        f"a first sync of {number(first['records'])} records, cut {cut['cuts']} times, repeats", "≤ 64 KiB a cut",
        f"{number(cut['repeatedMost'])} B at most, {number(cut['repeatedMean'])} B on average; the largest frame has "
        f"{number(cut['largestPiece'])} B", cut["largestPiece"] <= 64 * 1024, command)
    replicas = figures["growth"]["replicas"][-1]
    made.asked(
        f"knowledge of a space with {number(replicas['replicas'])} replicas", "≤ 64 B through the hub",
        f"{replicas['knowledgeBytes']} B", replicas["knowledgeBytes"] <= 64, "`phusa-bench growth`")


def ratio(rows, name):
    return statistics.median(row[name] / row["bare"] for row in rows)


def speed_asked(made):
    figures = made.figures
    made.head("Speed", "what", "asked", "reached", "command")
    command = "`bare-loop`, `phusa-bench speed` in turns"
    for what, title in (("values", "new records (W1)"), ("edits", "edits by 20 replicas (W2)")):
        rows = figures["speed"][what]
        for step, title_of, rate, share in (
                ("merge", "merge on a device", 150_000, 0.6), ("ingest", "ingest at the hub", 100_000, 0.4)):
            # Edits of one or two fields cost a row of the log each, which the bare loop pays too: only the share is asked.
            rate = rate if what == "values" else 0
            reached, of_bare = middle(rows, step), ratio(rows, step)
            made.asked(
                f"{title_of}, {title}", (f"≥ {rate:,} field changes/s, " if rate else "") + f"≥ {share:.0%} of the bare loop",
                f"{spread([row[step] for row in rows], '/s')}, {of_bare:.0%} of {number(middle(rows, 'bare'))}/s",
                reached >= rate and of_bare >= share, command)
    small = figures["small"]
    for what, asked in (("one-change syncs", 2000), ("idle syncs", None)):
        rates = [row["perSecond"] for row in small[what]]
        made.asked(
            f"{what} at the hub, {small[what][0]['devices']} devices at once", f"≥ {asked:,}/s" if asked else "–",
            spread(rates, "/s"), not asked or statistics.median(rates) >= asked, "`phusa-bench small`")
    latency = figures["speed"]["capture latency"]
    made.asked(
        "saving one record, durable", "–",
        f"{spread([row['median'] for row in latency], ' ms', 1000)}; 95 of 100 within "
        f"{spread([row['percentile95'] for row in latency], ' ms', 1000)}", True, "`phusa-bench speed`")


def first_sync(made):
    rows, idle = made.figures["first"], made.figures["idle"]
    made.head("The real programs", "what", "asked", "reached", "command")
    command = "`phusa sync` against `phusa-hub serve`"
    records = number(rows[0]["records"])
    seconds = [row["seconds"] for row in rows]
    screens = [row["screen"] for row in rows]
    made.asked(f"first sync of {records} records, loopback HTTP", "≤ 5 s", spread(seconds, " s"),
               statistics.median(seconds) <= 5, command)
    made.asked("first records in the agent's store", "≤ 1 s", spread(screens, " s"),
               None not in screens and statistics.median(screens) <= 1, command)
    for name, title in (("agentAbove", "the agent"), ("hubAbove", "the hub")):
        above = [row[name] for row in rows]
        made.asked(f"private memory above idle at the peak, {title}", "≤ 32 MiB", spread(above, " MiB", 1 / MIB),
                   statistics.median(above) <= 32 * MIB, command)
    for name, title in (("agent", "`phusa serve`"), ("hub", "`phusa-hub serve`")):
        made.asked(f"private memory of {title} idle, with {records} records", "–", f"{number(idle[name] / MIB)} MiB", True,
                   f"{title}, `/proc/…/smaps_rollup`")


def under_pages(made):
    made.head(agent.HEADING.removeprefix("## "), "what", "asked", "reached", "command")
    for row in agent.rows(made.figures["agent"]):
        made.asked(*row)


def beside(made):
    figures = made.figures
    made.head("The same work as others would send it (bytes up; the last column down)", "encoding", "W1", "W2", "W3", "W4",
              "first sync")
    wire = figures["wire"]
    made.row("PhuSa, everything", *[number(wire[part][0]["up"]) for part in ("W1", "W2", "W3", "W4")],
             number(wire["first sync"][0]["down"]))
    for name, title in (("bare", "bare values"), ("naive", "naive columns, deflate 6"), ("json", "JSON lines, gzip")):
        made.row(title, *[number(figures["payloads"][part][name]) for part in ("W1", "W2", "W3", "W4", "first sync")])
    kinto = figures["kinto"]
    if "skipped" in kinto:
        made.lines += ["", f"Kinto: {kinto['skipped']}."]
        return
    made.row("Kinto over HTTP, up", *[number(kinto[part]["up"]) for part in ("W1", "W2", "W3", "W4")],
             "W1 only, down: " + number(kinto["pull"]["down"]))
    made.row("Kinto, requests and seconds",
             *[f"{kinto[part]['requests']}; {kinto[part]['seconds']:.1f} s" for part in ("W1", "W2", "W3", "W4", "pull")])
    made.lines += ["", f"Kinto with nothing changed: {kinto['nothing changed']['up']} B up, "
                   f"{kinto['nothing changed']['down']} B down, without its HTTP lines, where most of it stands."]


def steps(made):
    made.head("Each step, field changes a second", "step", "new records (W1)", "edits (W2)")
    for step in ("capture", "encode", "ingest", "compose", "merge", "bare"):
        made.row(step if step != "bare" else "the bare loop", *[
            spread([row[step] for row in made.figures["speed"][what]]) if made.figures["speed"][what][0][step] else "–"
            for what in ("values", "edits")])


def figures_of(made, what):
    return made.figures["snapshot"][what][0]


def growth(made):
    grown = made.figures["growth"]
    tables = (
        ("records", "Growth with records", [
            ("records", "records", 1), ("mergeFieldsPerSecond", "merge, field changes/s", 1),
            ("captureSeconds", "save one, ms", 1000), ("syncSeconds", "bring it to another device, ms", 1000),
            ("idleSeconds", "find nothing new, ms", 1000), ("bytesPerRecord", "bytes a record on disk", 1)]),
        ("replicas", "Growth with replicas that have written", [
            ("replicas", "replicas", 1), ("oneChangeUp", "one change up, B", 1), ("idleUp", "nothing changed up, B", 1),
            ("idleDown", "down, B", 1), ("knowledgeBytes", "a place, B", 1)]),
        ("spaces", "Growth with spaces of one device", [
            ("spaces", "spaces", 1), ("syncSeconds", "one change to another device, ms", 1000),
            ("idleSeconds", "find nothing new, ms", 1000), ("changeInEachUp", "one change in each, B up", 1),
            ("changeInEachRequests", "requests", 1)]),
        ("history", "Growth with the changes of one record", [
            ("changes", "changes", 1), ("captureSeconds", "save one more, ms", 1000),
            ("syncSeconds", "bring 20 to another device, ms", 1000), ("up", "those, B up", 1),
            ("bytes", "bytes of the device's store", 1)]),
    )
    made.head(
        "A new device in a space that is mostly history: each record written four times", "", "changes taken",
        "bytes down", "first records, ms", "all, s")
    for what in ("log", "snapshot, made for it", "snapshot, there already"):
        row = figures_of(made, what)
        made.row(what, number(row["changes"]), number(row["down"]), number(row["firstScreenSeconds"] * 1000),
                 number(row["seconds"]))
    for name, title, columns in tables:
        made.head(title, *[heading for _, heading, _ in columns])
        for row in grown[name]:
            made.row(*[number(row[key] * scale) for key, _, scale in columns])
