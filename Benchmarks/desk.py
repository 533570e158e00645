#!/usr/bin/env python3
"""How long the hub's desk takes where many cases are open, with a release build: desk.py --programs FOLDER [--cases N]."""

import argparse
import csv
import http.cookies
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import http.client
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
CITY = HERE.parent / "fixtures" / "can-tho"
HEADING = "## The desk of the hub"
FORM = "bench_keyed"
PASSWORD = "một mật khẩu dài"
PAGES = [
    ("all, oldest first", ""), ("all, newest first", "order=newest"), ("page 1,000", "page=1000"),
    ("one form", f"form={FORM}"), ("one unit", "unit=31120/general"), ("one author", "author=lan.31120"), ("one field", "field=value"),
    ("a field that few have", "field=note"), ("numbers, a week old", "kind=number&age=7"), ("one cause", "cause=apart"),
]


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise SystemExit(f"{command}: {done.stderr}")
    return done.stdout


def label(text):
    return {"vi": text, "en": text}


class Served:
    """A hub that serves, and somebody who is signed in."""

    def __init__(self, program, folder):
        self.process = subprocess.Popen([program, "serve", "--no-backup", "--listen", "127.0.0.1:0", "--dir", folder], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().split()[1]
        self.cookies = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.url).netloc, timeout=120)
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "accept-language": "vi"}
        if body is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        begin = time.monotonic()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        took = time.monotonic() - begin
        for line in answer.headers.get_all("set-cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        connection.close()
        return answer.status, text, took

    def sign_in(self):
        _, page, _ = self.ask("GET", "/sign-in")
        token = re.search(r'name="token" value="([^"]*)"', page).group(1)
        body = urllib.parse.urlencode({"token": token, "name": "desk.bench", "password": PASSWORD})
        status, text, _ = self.ask("POST", "/sign-in", body)
        if status != 303:
            raise SystemExit(f"signing in gave {status}: {text[:300]}")

    def memory(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return sum(int(re.search(rf"^{name}:\s+(\d+) kB", text, re.M).group(1)) for name in ("Private_Dirty",)) * 1024


def fill(programs, room, cases):
    """A hub at which so many records were entered differently on two machines."""
    catalogue, hub = room / "catalogue", room / "hub"
    shutil.copytree(CITY, catalogue)
    fields = [{"name": "key", "type": "text", "label": label("Mã"), "required": True, "key": True},
              {"name": "value", "type": "decimal", "label": label("Giá trị")}, {"name": "note", "type": "text", "label": label("Ghi chú")}]
    (catalogue / "forms" / f"{FORM}.json").write_text(json.dumps(
        {"form": FORM, "version": 1, "title": label("Phiếu đo"), "group": "indicators", "writers": "unit", "fields": fields}))
    run(programs / "phusa-hub", "init", "--dir", hub)
    run(programs / "phusa-hub", "load", catalogue, "--dir", hub)
    run(programs / "phusa-hub", "person", "add", "desk.bench", "--name", "Quản trị", "--role", "hub_admin", "--unit", "31120", "--dir", hub,
        input=PASSWORD + "\n")
    with Served(programs / "phusa-hub", hub) as served:
        agents = [(number, person, room / f"agent{number}") for number, person in enumerate(("lan.31120", "minh.31120"))]
        for _, _, agent in agents:
            code = json.loads(run(programs / "phusa-hub", "enrol-code", "--unit", "31120", "--dir", hub, "--json"))["code"]
            run(programs / "phusa", "enrol", "--hub", served.url, "--code", code, "--dir", agent)
            run(programs / "phusa", "sync", "--dir", agent)
        for number, person, agent in agents:
            with open(room / f"{number}.csv", "w", newline="") as file:
                table = csv.writer(file)
                table.writerow(["key", "value", "note"])
                for row in range(cases):
                    table.writerow([f"k{row}", row * 2 + number, f"số {number}" if row % 1000 == 0 else ""])
            run(programs / "phusa", "import", FORM, room / f"{number}.csv", "--as", person, "--dir", agent, "--json")
        for _, _, agent in agents:
            run(programs / "phusa", "sync", "--dir", agent)
    return hub


def measure(programs, room, cases, runs):
    hub = fill(programs, room, cases)
    with Served(programs / "phusa-hub", hub) as served:
        served.sign_in()
        rows = []
        for name, query in PAGES:
            seconds = []
            for _ in range(runs + 1):
                status, text, took = served.ask("GET", "/conflicts?" + query)
                if status != 200:
                    raise SystemExit(f"{query} gave {status}")
                seconds.append(took)
            # The first one reads the disk.
            rows.append((name, statistics.median(seconds[1:]) * 1e3, max(seconds[1:]) * 1e3))
        _, text, _ = served.ask("GET", "/conflicts?")
        word = re.search(r'href="/conflicts/([^"/?]+)"', text.split('class="rows"')[1]).group(1)
        seconds = [served.ask("GET", f"/conflicts/{word}")[2] for _ in range(runs + 1)]
        rows.append(("one case", statistics.median(seconds[1:]) * 1e3, max(seconds[1:]) * 1e3))
        return rows, served.memory()


def section(cases, rows, memory):
    lines = [HEADING, "", f"{cases:,} open cases of one unit.", "", "| page | asked | reached | command |", "| --- | --- | --- | --- |"]
    for name, median, worst in rows:
        asked = 200 if name == "one case" else 100
        sign = "" if median <= asked else "**missed:** "
        lines.append(f"| {name} | ≤ {asked} ms | {sign}{median:.1f} ms (at most {worst:.1f} ms) | `desk.py` |")
    lines.append(f"| private memory of the hub afterwards | – | {memory / (1 << 20):.1f} MiB | `desk.py` |")
    return "\n".join(lines) + "\n"


def renew(results, heading, text):
    """Puts a section in the place of the one with its heading, or at the end."""
    before, _, rest = results.read_text().partition(heading)
    rest = rest.partition("\n## ")[2]
    results.write_text(before.rstrip() + "\n\n" + text + ("\n## " + rest if rest else ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="the folder of the release build")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--into", type=pathlib.Path, help="a RESULTS.md whose section is renewed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        rows, memory = measure(arguments.programs.resolve(), pathlib.Path(room), arguments.cases, arguments.runs)
    text = section(arguments.cases, rows, memory)
    print(text)
    if arguments.into:
        renew(arguments.into, HEADING, text)


if __name__ == "__main__":
    main()
