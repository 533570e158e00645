#!/usr/bin/env python3
"""Photos over a line that breaks: thirty of 3 MB go from an agent to its hub through a proxy that cuts connections at random, while the
agent is killed five times and the hub twice. Prints what was asked and what was reached; exit 0 when all of it holds.

    python3 Benchmarks/photos.py --programs FOLDER [--photos 30] [--cuts 50]
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

MIB = 1024 * 1024
CHUNK = 128 * 1024
CITY = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "can-tho"
UNIT = "31120"


class CuttingProxy:
    """Passes bytes on to a port, and breaks so many connections, each after a number of bytes that chance decides."""

    def __init__(self, port, cuts, chance):
        self.port, self.chance = port, chance
        self.cuts, self.made, self.up = cuts, 0, 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            near, _ = self.listener.accept()
            try:
                far = socket.create_connection(("127.0.0.1", self.port))
            except OSError:
                near.close()
                continue
            with self.lock:
                room = self.chance.randint(1, 2 * MIB) if self.made < self.cuts else None
            threading.Thread(target=self._pass, args=(near, far, room), daemon=True).start()
            threading.Thread(target=self._pass, args=(far, near, None), daemon=True).start()

    def _pass(self, source, sink, room):
        try:
            while data := source.recv(64 * 1024):
                if room is not None:
                    data, room = data[:room], room - len(data)
                    with self.lock:
                        self.up += len(data)
                        if room <= 0 and self.made < self.cuts:
                            self.made += 1
                elif sink.getpeername()[1] == self.port:
                    with self.lock:
                        self.up += len(data)
                sink.sendall(data)
                if room is not None and room <= 0:
                    break
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            # What the other side still sends is answered as to a line that is gone, and not left lying.
            end.close()


class Watch:
    """The most private memory that a process had."""

    def __init__(self):
        self.most = 0

    def look(self, process):
        try:
            text = pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        except OSError:
            return
        for line in text.splitlines():
            if line.startswith("Private_Dirty:"):
                self.most = max(self.most, int(line.split()[1]) * 1024)


def photo(path, chance, size):
    path.write_bytes(b"\xff\xd8\xff\xe0" + chance.randbytes(size - 4))


class World:
    def __init__(self, programs, room):
        self.agent, self.hub = programs / "phusa", programs / "phusa-hub"
        self.room = room

    def run(self, program, *words, check=True):
        folder = self.room / program.name
        done = subprocess.run([program, *map(str, words), "--dir", folder, "--json"], capture_output=True, text=True)
        if check and done.returncode != 0:
            raise SystemExit(f"{words}: {done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def serve_hub(self, port=0):
        process = subprocess.Popen(
            [self.hub, "serve", "--listen", f"127.0.0.1:{port}", "--dir", self.room / "phusa-hub"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        words = process.stdout.readline().split()
        if len(words) != 2:
            raise SystemExit("the hub did not begin")
        return process, int(words[1].rsplit(":", 1)[1])


def measure(world, photos, cuts, size, seed):
    chance = random.Random(seed)
    world.run(world.hub, "init")
    world.run(world.hub, "load", CITY)
    code = world.run(world.hub, "enrol-code", "--unit", UNIT)["code"]
    hub, port = world.serve_hub()
    proxy = CuttingProxy(port, 0, chance)
    world.run(world.agent, "enrol", "--hub", f"http://{proxy.address}", "--code", code)
    world.run(world.agent, "sync")
    record = world.run(world.agent, "record", "new", "kt_pccc", "--set", "facility=Bến", "--set", "inspected_on=2026-11-28")["record"]
    names = []
    for number in range(photos):
        path = world.room / f"{number}.jpg"
        photo(path, chance, size)
        names.append(world.run(world.agent, "attach", record, "i04_photos", path)["sha256"])
        path.unlink()
    proxy.cuts, proxy.up = cuts, 0
    agent_memory, hub_memory = Watch(), Watch()
    agent_kills, hub_kills, syncs = 5, 2, 0
    begin = kill_at = time.monotonic()
    kill_after = 0
    while True:
        syncs += 1
        process = subprocess.Popen(
            [world.agent, "sync", "--once", "--json", "--dir", world.room / "phusa"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        while process.poll() is None:
            agent_memory.look(process)
            hub_memory.look(hub)
            # A kill comes while something is under way.
            if (agent_kills or hub_kills) and time.monotonic() > kill_at and proxy.up > kill_after:
                kill_at, kill_after = time.monotonic() + chance.uniform(0.05, 0.4), proxy.up + 4 * MIB
                if hub_kills and agent_kills <= hub_kills * 2:
                    hub_kills -= 1
                    hub.kill()
                    hub.wait()
                    hub, _ = world.serve_hub(port)
                else:
                    agent_kills -= 1
                    process.kill()
            time.sleep(0.02)
        out = process.stdout.read()
        if process.returncode == 0 and json.loads(out)["complete"]:
            break
        if syncs > 40 * (cuts + 10):
            raise SystemExit("it does not come to its end")
    seconds = time.monotonic() - begin
    hub_ok, agent_ok = world.run(world.hub, "verify", check=False), world.run(world.agent, "verify", check=False)
    folder = world.room / "phusa-hub" / "hub.attachments"
    there = sum((folder / name[:2] / name[2:]).stat().st_size == size for name in names if (folder / name[:2] / name[2:]).exists())
    hub.terminate()
    hub.wait()
    return {
        "there": there, "photos": photos, "sound": bool(hub_ok.get("ok") and agent_ok.get("ok")), "cuts": proxy.made,
        "agent_kills": 5 - agent_kills, "hub_kills": 2 - hub_kills, "up": proxy.up, "bytes": photos * size,
        "breaks": proxy.made + 5 - agent_kills + 2 - hub_kills, "agent": agent_memory.most, "hub": hub_memory.most,
        "seconds": seconds, "syncs": syncs,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--photos", type=int, default=30)
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--bytes", type=int, default=3 * 1000 * 1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    room = pathlib.Path(tempfile.mkdtemp(prefix="phusa-photos-"))
    try:
        found = measure(World(options.programs.resolve(), room), options.photos, options.cuts, options.bytes, options.seed)
    finally:
        shutil.rmtree(room, ignore_errors=True)
    # A break costs the chunk under way, what stood in buffers behind it, and the head of the next message.
    again = found["up"] - found["bytes"]
    most = found["breaks"] * (CHUNK + 256 * 1024) + found["syncs"] * 16 * 1024
    rows = [
        ("photos that arrived whole", f"{found['photos']}", f"{found['there']}, verify {'clean' if found['sound'] else 'NOT clean'}",
         found["there"] == found["photos"] and found["sound"]),
        ("the line was cut; agent killed; hub killed", f"{options.cuts}; 5; 2",
         f"{found['cuts']}; {found['agent_kills']}; {found['hub_kills']}",
         found["cuts"] >= options.cuts and found["agent_kills"] == 5 and found["hub_kills"] == 2),
        ("sent beyond the photos themselves", f"≤ {most / MIB:.1f} MiB, a chunk and a buffer a break",
         f"{again / MIB:.1f} MiB of {found['bytes'] / MIB:.0f}", again <= most),
        ("private memory of `phusa sync`, at most", "≤ 64 MiB", f"{found['agent'] / MIB:.1f} MiB", found["agent"] <= 64 * MIB),
        ("private memory of `phusa-hub serve`, at most", "≤ 96 MiB", f"{found['hub'] / MIB:.1f} MiB", found["hub"] <= 96 * MIB),
    ]
    print("| what | asked | reached |\n| --- | --- | --- |")
    for what, asked, reached, holds in rows:
        print(f"| {what} | {asked} | {'' if holds else '**missed:** '}{reached} |")
    print(f"\n{found['syncs']} syncs in {found['seconds']:.0f} s")
    sys.exit(0 if all(row[-1] for row in rows) else 1)


if __name__ == "__main__":
    main()
