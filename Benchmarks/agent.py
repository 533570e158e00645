#!/usr/bin/env python3
"""What an agent costs under its pages, with a release build: memory and disk at rest, the first page, saving, searching and
drafts. Called by bench.py, and runnable alone: agent.py --programs FOLDER."""

import argparse
import csv
import html.parser
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
CITY = HERE.parent / "fixtures" / "can-tho"
FORM = "kt_pccc"
BIG_FORM = "bench_wide"
HEADING = "## The agent under its pages"
MIB = 1 << 20
PLACES = "Nhà hàng,Khách sạn,Chợ,Trường,Xưởng,Kho,Quán,Bệnh viện,Cửa hàng,Trạm xăng".split(",")
STREETS = ("Hòa Bình,Nguyễn Trãi,Trần Hưng Đạo,Lý Tự Trọng,Mậu Thân,30 Tháng 4,Đại lộ Đông Tây,Cách Mạng Tháng 8,"
           "Xuân Khánh,An Phú").split(",")


def wide_form():
    """A form of 300 questions, 40 of them worked out from others or held to conditions."""
    def label(text):
        return {"vi": text, "en": text}
    fields = []
    for number in range(300):
        field = {"name": f"q{number}", "type": "integer", "label": label(f"Câu {number}")}
        if number >= 280:
            a, b, c = (number - 280) * 12, (number - 280) * 12 + 5, (number - 280) * 12 + 11
            field["compute"] = f"round((coalesce(q{a}, 0) + coalesce(q{b}, 0) * 2) / if(q{c} > 0, q{c}, 1), 0)"
            field["type"] = "decimal"
        elif number % 14 == 13:
            field["checks"] = [{"must": f"empty(q{number}) or q{number} >= coalesce(q{number - 1}, 0)",
                                "message": label("Phải không nhỏ hơn câu trước")}]
        fields.append(field)
    return {"form": BIG_FORM, "version": 1, "title": label("Phiếu rộng"), "group": "inspections", "writers": "unit",
            "fields": fields}


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise SystemExit(f"{command}: {done.stderr}")
    return done.stdout


def fill(program, room, records):
    """A device with so many records, and the folder of forms it began with."""
    folder, catalogue = room / "agent", room / "catalogue"
    shutil.copytree(CITY, catalogue)
    (catalogue / "forms" / f"{BIG_FORM}.json").write_text(json.dumps(wide_form(), ensure_ascii=False))
    run(program, "init", "--unit", "31120", "--catalog", catalogue, "--dir", folder)
    chance = random.Random(1)
    with open(room / "visits.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["facility", "inspected_on"])
        for number in range(records):
            table.writerow([f"{chance.choice(PLACES)} {chance.choice(STREETS)} {number}",
                            f"2026-0{chance.randint(1, 6)}-{chance.randint(10, 28)}"])
    run(program, "import", FORM, room / "visits.csv", "--dir", folder, "--json")
    return folder


class Fields(html.parser.HTMLParser):
    """The fields of the page's form that has an `author` or a `saved` field, as a browser would send them."""

    def __init__(self, page, action):
        super().__init__()
        self.fields, self.action, self.inside = [], action, False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.inside = given.get("action") == self.action and given.get("method") == "post"
        elif self.inside and tag in ("input", "textarea", "select") and given.get("name"):
            if given.get("type") not in ("radio", "checkbox") or "checked" in given:
                self.fields.append((given["name"], given.get("value") or ""))

    def filled(self, values):
        kept = [(name, value) for name, value in self.fields if name not in values]
        return urllib.parse.urlencode(kept + list(values.items()))


class Pages:
    """A serving agent, and one connection to it."""

    def __init__(self, program, folder, *options):
        self.begin = time.monotonic()
        self.process = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0", "--no-sync", "--dir", folder, *options],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        words = self.process.stdout.readline().split()
        if len(words) != 2:
            raise SystemExit("serve did not begin")
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(words[1]).netloc, timeout=600)
        self.cookies = {}

    def ask(self, method, path, body=None, accept="text/html"):
        headers = {"accept": accept, "accept-language": "vi",
                   "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        begin = time.monotonic()
        self.connection.request(method, path, body=body, headers=headers)
        reply = self.connection.getresponse()
        text = reply.read().decode()
        seconds = time.monotonic() - begin
        for name, value in reply.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return reply.status, text, seconds

    def memory(self):
        """Private memory that was written to, and all that is resident, in bytes."""
        rollup = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        found = {row.split(":")[0]: int(row.split()[1]) * 1024 for row in rollup.splitlines()[1:]}
        return found["Private_Dirty"], found["Rss"]

    def written(self):
        """Bytes that the process has had written to a disk."""
        text = pathlib.Path(f"/proc/{self.process.pid}/io").read_text()
        return int(re.search(r"^write_bytes: (\d+)", text, re.M).group(1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.terminate()
        self.process.wait()


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def fsyncs(folder, count):
    """Seconds of appends of 4 KiB, each made durable, on the device's own disk."""
    path = pathlib.Path(folder) / "fsync"
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    seconds = []
    try:
        for _ in range(count):
            begin = time.monotonic()
            os.write(file, b"\0" * 4096)
            os.fsync(file)
            seconds.append(time.monotonic() - begin)
    finally:
        os.close(file)
        path.unlink()
    return seconds


def first_pages(program, folder, runs):
    """From the start of the process to the whole first page."""
    found = []
    for _ in range(runs):
        with Pages(program, folder) as pages:
            status, text, _ = pages.ask("GET", "/")
            if status != 200 or "figure-number" not in text:
                raise SystemExit(f"the first page is {status}")
            found.append(time.monotonic() - pages.begin)
    return found


def searches(pages):
    """Fifty searches with and without diacritics, for one word and several, first pages and later ones."""
    chance = random.Random(2)
    plain = str.maketrans("àáảãạâầấẩẫậăằắẳẵặèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ",
                          "aaaaaaaaaaaaaaaaaeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyyd")
    found = []
    for number in range(50):
        words = [chance.choice(PLACES), chance.choice(STREETS), str(chance.randrange(100_000))][:1 + number % 3]
        query = " ".join(words)
        if number % 2:
            query = query.lower().translate(plain)
        if number % 10 == 9:
            query = query[:1]
        page = chance.choice([1, 1, 2, 5, 20])
        path = f"/forms/{FORM}?find={urllib.parse.quote(query)}&page={page}"
        status, _, seconds = pages.ask("GET", path)
        if status != 200:
            raise SystemExit(f"{path}: {status}")
        found.append((seconds, f"“{query}”, page {page}"))
    return found


def saves(pages, folder, count):
    """Records saved by the page's own form, and the disk's fsync between them."""
    path = f"/forms/{FORM}/new"
    seconds, disk = [], []
    for number in range(count):
        _, page, _ = pages.ask("GET", path)
        body = Fields(page, path).filled({"v.facility": f"Lưu {number}", "v.inspected_on": "2026-06-10"})
        status, text, took = pages.ask("POST", path, body)
        if status != 303:
            raise SystemExit(f"a save gave {status}: {text[:300]}")
        seconds.append(took)
        disk += fsyncs(folder, 2)
    return seconds, disk


def engine_saves(program, folder, count):
    """Seconds for each record that the command saves, one durable transaction each."""
    def timed(number):
        lines = "".join(json.dumps({"facility": f"Máy {index}", "inspected_on": "2026-06-10"}) + "\n"
                        for index in range(number))
        begin = time.monotonic()
        run(program, "record", "new", FORM, "--from", "-", "--dir", folder, "--json", input=lines)
        return time.monotonic() - begin
    alone = min(timed(1) for _ in range(3))
    return (timed(count + 1) - alone) / count


def drafts(pages, count):
    """Seconds until a page knows what follows from one more answer, of the wide form."""
    path = f"/forms/{BIG_FORM}/new"
    _, page, _ = pages.ask("GET", path)
    fields = Fields(page, path)
    name = dict(fields.fields)["saved"]
    seconds = []
    for turn in range(count):
        values = {f"v.q{number}": str(number + turn) for number in range(280)}
        body = fields.filled({**values, "page": "bench", "turn": str(turn + 1)})
        status, text, took = pages.ask("POST", f"/drafts/{name}", body, accept="application/json")
        if status != 200:
            raise SystemExit(f"a draft gave {status}: {text[:300]}")
        seconds.append(took)
    return seconds


def idle(program, folder, seconds):
    """A server that nobody asks anything, after it has come to rest: its memory, and what it has written since."""
    with Pages(program, folder) as pages:
        pages.ask("GET", "/")
        # The first copy, search rows left behind and the look at the file come once after a start. The copy is made by a process
        # of its own, whose writing is not counted as the server's.
        deadline = time.monotonic() + 900
        while time.monotonic() < deadline:
            copies = json.loads(run(program, "status", "--dir", folder, "--json"))["backup"]
            if copies["made"] or copies["trouble"]:
                break
            time.sleep(5)
        quiet, last, rest = 0, pages.written(), time.monotonic() + 300
        while quiet < 10 and time.monotonic() < rest:
            time.sleep(2)
            now = pages.written()
            quiet, last = (quiet + 1 if now == last else 0), now
        time.sleep(seconds)
        private, resident = pages.memory()
        return {"private": private, "resident": resident, "written": pages.written() - last, "seconds": seconds}


def measure(program, room, records, idle_seconds, quick=False, folder=None):
    """All figures; the device is made in `room` unless one that was made before is given."""
    folder = folder or fill(program, room, records)
    # What a device shows for the first time it works out once; that is no part of a start.
    with Pages(program, folder) as pages:
        pages.ask("GET", f"/forms/{FORM}?find=x")
    figures = {"records": records, "first": first_pages(program, folder, 5 if quick else 11)}
    with Pages(program, folder, "--no-backup") as pages:
        # Whoever searches has the first page before them.
        pages.ask("GET", "/")
        figures["search"] = searches(pages)
        figures["save"], figures["fsync"] = saves(pages, folder, 200)
        figures["draft"] = drafts(pages, 50)
    figures["engine"] = engine_saves(program, folder, 200)
    figures["idle"] = idle(program, folder, idle_seconds)
    return figures


def rows(figures):
    """What was asked, what was reached, and whether it holds."""
    def ms(seconds):
        return f"{seconds * 1000:.3g} ms"
    command = "`agent.py`"
    rest = figures["idle"]
    first = statistics.median(figures["first"])
    disk = percentile(figures["fsync"], 0.99)
    save, most = statistics.median(figures["save"]), percentile(figures["save"], 0.99)
    search = sorted(figures["search"])
    worst, where = search[-1]
    draft = figures["draft"]
    records = f"{figures['records']:,} records"
    return [
        ("private memory of `phusa serve` idle, " + records, "≤ 16 MiB",
         f"{rest['private'] / MIB:.3g} MiB (resident {rest['resident'] / MIB:.3g} MiB)",
         rest["private"] <= 16 * MIB, command),
        (f"bytes written in {rest['seconds']} s idle", "0", f"{rest['written']:,}", rest["written"] == 0, command),
        ("first page after the start, " + records, "≤ 300 ms",
         f"{ms(first)} ({ms(min(figures['first']))} to {ms(max(figures['first']))})", first <= 0.3, command),
        ("a save by the form's page, 200 of them", f"≤ 2 × the disk's fsync p99 = {ms(2 * disk)}",
         f"{ms(save)}, 99 of 100 within {ms(most)}; fsync {ms(statistics.median(figures['fsync']))}, p99 {ms(disk)}",
         most <= 2 * disk, command),
        ("a save by the engine, mean of 200", f"≤ 2 × the disk's fsync p99 = {ms(2 * disk)}", ms(figures["engine"]),
         figures["engine"] <= 2 * disk, command),
        ("search over " + records + ", worst of 50", "≤ 50 ms",
         f"{ms(worst)} ({where}); median {ms(search[len(search) // 2][0])}", worst <= 0.05, command),
        ("draft of 300 questions and 40 expressions, kept and worked out", "≤ 16 ms",
         f"{ms(statistics.median(draft))} (95 of 100 within {ms(percentile(draft, 0.95))})",
         statistics.median(draft) <= 0.016, command),
    ]


def section(figures):
    """The part of RESULTS.md that agent.py alone can renew."""
    lines = [HEADING, "| what | asked | reached | command |", "| --- | --- | --- | --- |"]
    for what, asked, reached, holds, command in rows(figures):
        lines.append(f"| {what} | {asked} | {reached if holds else f'**missed:** {reached}'} | {command} |")
    return "\n".join(lines) + "\n"


def renew(results, text):
    """Puts the section in the place of the one that was there, or at the end."""
    page = results.read_text()
    begin = page.find(HEADING)
    if begin < 0:
        results.write_text(page.rstrip("\n") + "\n\n" + text)
        return
    end = page.find("\n## ", begin)
    results.write_text(page[:begin] + text + (page[end:] if end >= 0 else ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="the folder of the release build")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--idle-seconds", type=int, default=600)
    parser.add_argument("--quick", action="store_true", help="a minute idle, and fewer starts")
    parser.add_argument("--folder", type=pathlib.Path, help="a device's folder with these records, made before; it is used up")
    parser.add_argument("--into", type=pathlib.Path, help="a RESULTS.md whose section is renewed")
    options = parser.parse_args()
    room = pathlib.Path(tempfile.mkdtemp(prefix="phusa-agent-"))
    try:
        figures = measure(options.programs / "phusa", room, options.records,
                          60 if options.quick else options.idle_seconds, options.quick, options.folder)
    finally:
        shutil.rmtree(room, ignore_errors=True)
    text = section(figures)
    if options.into:
        renew(options.into, text)
    print(f"load {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores")
    print(text)
    sys.exit(0 if all(holds for *_, holds, _ in rows(figures)) else 1)


if __name__ == "__main__":
    main()
