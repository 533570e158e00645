#!/usr/bin/env python3
"""How long each of the hub's pages takes where it has very many records, with a release build: pages.py --programs FOLDER [--records N]."""

import argparse
import csv
import datetime
import json
import pathlib
import re
import shutil
import statistics
import tempfile

from desk import CITY, PASSWORD, Served, renew, run

HEADING = "## The pages of the hub"
ASKED = 200


def units():
    with open(CITY / "units.csv", newline="") as file:
        return [row["code"] for row in csv.DictReader(file)]


def tables(room, records):
    """One table a form: values of indicators, and what a city makes in some years of tasks, reports, facilities and inspections."""
    wards, day = units(), datetime.date(2026, 11, 1)
    parts = {"task": min(20_000, records // 50), "task_update": min(40_000, records // 25), "facility": min(20_000, records // 50),
             "kt_pccc": min(20_000, records // 50)}

    def dated(number):
        return (day - datetime.timedelta(days=number % 700)).isoformat()

    def space(number):
        return f"{wards[number % len(wards)]}/general"

    rows = {
        "task": lambda n: [space(n), f"N{n}", f"Rà soát hộ nghèo đợt {n}", "SYT" if n % 3 else "STC", dated(n - 60 if n % 10 == 0 else n)],
        "task_update": lambda n: [space(n // 2), f"N{n // 2}", "hoan_thanh" if n % 4 else "tien_do", "100" if n % 4 else "40", dated(n), "Đã xong"],
        "facility": lambda n: [space(n), f"Cơ sở số {n}", f"{n} đường Hòa Bình"],
        "kt_pccc": lambda n: [space(n), f"Cơ sở số {n}", dated(n), "dat"],
    }
    heads = {
        "task": ["space", "task", "subject", "lead", "due"], "task_update": ["space", "task", "kind", "percent", "on_date", "result"],
        "facility": ["space", "facility", "address"], "kt_pccc": ["space", "facility", "inspected_on", "i01"],
    }
    values = records - sum(parts.values())
    rows["reading"] = lambda n: [space(n), f"k{n}", n % 977, f"Số liệu thứ {n} của chợ Cái Răng" if n % 10 == 0 else ""]
    heads["reading"] = ["space", "key", "value", "note"]
    for form, count in {**parts, "reading": values}.items():
        file = room / f"{form}.csv"
        with open(file, "w", newline="") as out:
            table = csv.writer(out)
            table.writerow(heads[form])
            table.writerows(rows[form](n) for n in range(count))
        yield form, count, file


def fill(programs, room, records):
    catalogue, hub = room / "catalogue", room / "hub"
    shutil.copytree(CITY, catalogue)
    both = lambda text: {"vi": text, "en": text}
    fields = [{"name": "key", "type": "text", "label": both("Mã"), "required": True, "key": True},
              {"name": "value", "type": "decimal", "label": both("Giá trị")}, {"name": "note", "type": "text", "label": both("Ghi chú")}]
    (catalogue / "forms" / "reading.json").write_text(json.dumps(
        {"form": "reading", "version": 1, "title": both("Phiếu đo"), "group": "indicators", "writers": "unit", "fields": fields}))
    run(programs / "phusa-hub", "init", "--dir", hub)
    run(programs / "phusa-hub", "load", catalogue, "--dir", hub)
    for name, role, unit in (("desk.bench", "hub_admin", "VPUBND"), ("leader.bench", "unit_leader", "31120")):
        run(programs / "phusa-hub", "person", "add", name, "--name", "Người đo", "--role", role, "--unit", unit, "--dir", hub, input=PASSWORD + "\n")
    for form, count, file in tables(room, records):
        told = json.loads(run(programs / "phusa-hub", "import", form, file, "--dir", hub, "--json"))
        file.unlink()
        print(f"{form}: {count:,} rows {told.get('created', told)}", flush=True)
    return hub


PAGES = [
    "/records", "/records?page=200", "/records?form=reading", "/records?form=reading&page=9000", "/records?unit=31120/general",
    "/records?form=reading&unit=31120/general", "/records?find=cai+rang", "/records?find=k17", "/records?find=khong+co+gi", "RECORD",
    "RECORD/edit", "/records/new", "/forms/reading/new?unit=31120/general", "/forms/reading/grid?unit=31120/general", "/tasks",
    "/tasks?status=late", "/tasks?unit=31120/general", "/tasks/new", "/inspections", "/inspections?unit=31120", "/inspections?form=kt_pccc&status=open",
    "/conflicts", "/conflicts/settled", "/refused", "/devices", "/devices/enrol", "/people", "/people/lan.31120", "/audit", "/backups", "/drafts",
]


def measure(programs, room, records, runs):
    hub = fill(programs, room, records)
    rows = []
    with Served(programs / "phusa-hub", hub) as served:
        idle = served.memory()
        served.sign_in()
        # What nobody has searched yet is brought up by searches, a second each.
        while "chưa tìm được" in (text := served.ask("GET", "/records?find=k17")[1]):
            pass
        found = re.search(r'href="(/records/[0-9a-z]{30,})"', text)
        for page in PAGES:
            path = page.replace("RECORD", found.group(1))
            seconds = []
            for _ in range(runs + 1):
                status, text, took = served.ask("GET", path)
                if status != 200:
                    raise SystemExit(f"{path} gave {status}: {text[-600:]}")
                seconds.append(took)
            # The first one reads the disk.
            rows.append((page, statistics.median(seconds[1:]) * 1e3, max(seconds) * 1e3))
            print(f"{rows[-1][1]:8.1f} ms  at most {rows[-1][2]:8.1f} ms  {page}", flush=True)
        return rows, idle, served.memory()


def section(records, rows, idle, memory):
    lines = [HEADING, "", f"{records:,} records of all units, the admin's own pages.", "", "| page | asked | reached | command |", "| --- | --- | --- | --- |"]
    for page, median, worst in rows:
        sign = "" if median <= ASKED else "**missed:** "
        lines.append(f"| `{page}` | ≤ {ASKED} ms | {sign}{median:.1f} ms (at most {worst:.1f} ms) | `pages.py` |")
    sign = "" if idle <= 24 << 20 else "**missed:** "
    lines.append(f"| private memory of the hub before anybody comes | ≤ 24 MiB | {sign}{idle / (1 << 20):.1f} MiB | `pages.py` |")
    lines.append(f"| private memory of the hub afterwards | – | {memory / (1 << 20):.1f} MiB | `pages.py` |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="the folder of the release build")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--into", type=pathlib.Path, help="a RESULTS.md whose section is renewed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        rows, idle, memory = measure(arguments.programs.resolve(), pathlib.Path(room), arguments.records, arguments.runs)
    text = section(arguments.records, rows, idle, memory)
    print(text)
    if arguments.into:
        renew(arguments.into, HEADING, text)


if __name__ == "__main__":
    main()
