"""The real programs over loopback: how fast, how soon something can be seen, and how much memory."""

import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import time

UNIT = "31120"


def private_bytes(process):
    """Memory that the process has written to and shares with nobody; 0 once it has ended. Pages of programs and libraries that
    it only reads are private or shared as other processes come and go, some 20 MiB of them."""
    try:
        text = pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    except (OSError, ValueError):
        return 0
    return sum(int(row.split()[1]) for row in text.splitlines() if row.startswith("Private_Dirty:")) * 1024


@contextlib.contextmanager
def served(command, log):
    """A program that says `listening URL`; stopped at the end."""
    with open(log, "w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        for _ in range(600):
            words = [line.split()[1] for line in pathlib.Path(log).read_text().splitlines()
                     if line.startswith("listening ")]
            if words:
                break
            if process.poll() is not None:
                raise SystemExit(f"{command[0]} ended: {pathlib.Path(log).read_text()}")
            time.sleep(0.05)
        yield process, words[0]
    finally:
        process.terminate()
        process.wait()


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def settled(process):
    """Private memory after the program has come to rest."""
    time.sleep(3)
    return private_bytes(process)


def records_in(database):
    """How many records with something to show another program finds in the store."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=0)) as store:
            return store.execute("SELECT count(*) FROM (SELECT 1 FROM record WHERE form = 'reading' LIMIT 50)"
                                 ).fetchone()[0]
    except sqlite3.Error:
        return 0


def watch(process, servers, database):
    """Samples until the process ends. Returns seconds, seconds to the first records, and each one's most private bytes."""
    begin = time.monotonic()
    first = None
    most = [0] * (1 + len(servers))
    while process.poll() is None:
        for number, each in enumerate([process] + servers):
            most[number] = max(most[number], private_bytes(each))
        if first is None and records_in(database):
            first = time.monotonic() - begin
        time.sleep(0.01)
    return time.monotonic() - begin, first, most


def first_sync(programs, bench, workload, fixtures, room, times, runs):
    """A new device fetches W1 `times` times over from a hub that holds it."""
    hub = room / "hub"
    run(bench, "fill", str(workload), "--fixtures", str(fixtures), "--hub", str(hub), "--times", str(times))
    agent_program, hub_program = programs / "phusa", programs / "phusa-hub"
    results = []
    with served([hub_program, "serve", "--dir", hub, "--listen", "127.0.0.1:0"], room / "hub.log") as (server, url):
        hub_idle = settled(server)
        for number in range(runs):
            agent = room / f"agent-{number}"
            code = json.loads(run(hub_program, "enrol-code", "--unit", UNIT, "--json", "--dir", hub))["code"]
            run(agent_program, "enrol", "--hub", url, "--code", code, "--dir", agent)
            # The same program, doing nothing with as little.
            idle = subprocess.Popen([agent_program, "status", "--dir", agent], stdout=subprocess.DEVNULL)
            _, _, (agent_idle,) = watch(idle, [], agent / "none")
            with open(room / "sync.json", "w") as output:
                process = subprocess.Popen([agent_program, "sync", "--json", "--dir", agent], stdout=output)
            seconds, first, most = watch(process, [server], agent / "phusa.db")
            report = json.loads((room / "sync.json").read_text())
            if not report["complete"]:
                raise SystemExit("the first sync did not come to its end")
            results.append({
                "seconds": seconds, "screen": first, "agentAbove": most[0] - agent_idle, "hubAbove": most[1] - hub_idle,
                "records": report["changesDown"], "down": report["bytesDown"], "requests": report["roundTrips"]})
        with served([agent_program, "serve", "--dir", agent, "--listen", "127.0.0.1:0"], room / "agent.log") as (page, _):
            agent_idle = settled(page)
    return results, {"hub": hub_idle, "agent": agent_idle}


def fsyncs_a_second(folder, seconds=1.5):
    """Appends of 4 KiB, each made durable."""
    path = pathlib.Path(folder) / "fsync"
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        begin, count = time.monotonic(), 0
        while time.monotonic() - begin < seconds:
            os.write(file, b"\0" * 4096)
            os.fdatasync(file)
            count += 1
        return count / (time.monotonic() - begin)
    finally:
        os.close(file)
        path.unlink()
