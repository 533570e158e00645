#!/usr/bin/env python3
"""Runs every measurement and writes RESULTS.md. Called by scripts/bench, which builds the programs."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import agent
import kinto
import payloads
import programs
import results
import workload

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE / "fixtures"


def measured(*command):
    """A program's lines of JSON, by what they measure; a list where one thing is measured at several sizes."""
    text = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
    found = {}
    for line in text.splitlines():
        row = json.loads(line)
        found.setdefault(row.pop("what"), []).append(row)
    return found


def repeated(runs, *commands):
    """Runs the commands one after the other, as often as asked, so that each round has the same neighbours. Returns for each
    thing measured the list of its rows, the commands' numbers of one round in one row."""
    rounds = {}
    for _ in range(runs):
        merged = {}
        for command in commands:
            for what, rows in measured(*command).items():
                merged.setdefault(what, {}).update(rows[0])
        for what, row in merged.items():
            rounds.setdefault(what, []).append(row)
    return rounds


BEGIN = time.monotonic()


def say(text):
    print(f"== {time.monotonic() - BEGIN:4.0f} s  {text}", flush=True)


def machine():
    def first(command):
        try:
            return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0].strip()
        except (OSError, IndexError):
            return "?"
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = int(open("/proc/meminfo").readline().split()[1]) // 1024
    return {
        "date": datetime.date.today().isoformat(),
        "machine": f"{model}, {len(os.sched_getaffinity(0))} cores, {memory:,} MiB, {platform.system()} "
                   f"{platform.release()}",
        "versions": "; ".join([first(["swift", "--version"]), f"Python {platform.python_version()}",
                               f"SQLite {sqlite3.sqlite_version}"]),
        "commit": first(["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"]),
    }


def measure(options, room):
    quick = options.quick
    runs = 3 if quick else 5
    work = room / "workload"
    made = workload.write(work)
    bench = options.programs / "phusa-bench"
    figures = {"machine": machine(), "quick": quick, "runs": runs}
    shared = (work, "--fixtures", FIXTURES)
    say("bytes on the wire")
    figures["wire"] = measured(bench, "wire", *shared)
    say("the same as others would send it")
    figures["payloads"] = payloads.sizes(made, 10)
    say("speed of merge and ingest, beside the bare loop")
    figures["speed"] = repeated(runs, [options.bare_loop, work], [bench, "speed", *shared])
    say("small syncs of many devices")
    figures["fsync"] = [programs.fsyncs_a_second(room)]
    figures["small"] = {}
    for _ in range(runs):
        for what, rows in measured(bench, "small", *shared).items():
            figures["small"].setdefault(what, []).append(rows[0])
        figures["fsync"].append(programs.fsyncs_a_second(room))
    say("first sync of 100,000 records with the real programs")
    figures["first"], figures["idle"] = programs.first_sync(
        options.programs, bench, work, FIXTURES, room, 10, 1 if quick else runs)
    say("the agent under its pages")
    pages = room / "pages"
    pages.mkdir()
    figures["agent"] = agent.measure(
        options.programs / "phusa", pages, 20_000 if quick else 100_000, 60 if quick else 600, quick)
    say("growth")
    sizes = [100_000, 100, 500, 1000] if quick else [1_000_000, 5000, 500, 10_000]
    names = ["--records", "--replicas", "--spaces", "--history"]
    figures["growth"] = measured(
        bench, "growth", *shared, *[str(word) for pair in zip(names, sizes) for word in pair])
    say("first sync of a space that is mostly history")
    figures["snapshot"] = measured(
        bench, "snapshot", *shared, "--records", "10000" if quick else "100000", "--writes", "4")
    say("Kinto")
    figures["kinto"] = {"skipped": "left out of the quick run"} if quick else kinto.measure(made, room)
    figures["minutes"] = (time.monotonic() - BEGIN) / 60
    figures["load"] = f"{os.getloadavg()[2]:.1f}, ours among them,"
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes and fewer runs; within five minutes")
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="the folder of the release build")
    parser.add_argument("--bare-loop", type=pathlib.Path, required=True, help="the program of the bare loop")
    parser.add_argument("--output", type=pathlib.Path, default=HERE / "RESULTS.md")
    options = parser.parse_args()
    room = pathlib.Path(tempfile.mkdtemp(prefix="phusa-bench-"))
    try:
        figures = measure(options, room)
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}\n{error.stdout}\n{error.stderr}")
    finally:
        shutil.rmtree(room, ignore_errors=True)
    options.output.with_suffix(".json").write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")
    text = results.page(figures)
    options.output.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
