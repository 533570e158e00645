"""A hub and its agents as real processes in a folder of their own."""

import json
import os
import re
import shutil
import subprocess
import tempfile

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "fixtures", "can-tho")


class Failed(Exception):
    """A command did not do what the journey needs."""


class Program:
    """One of the two programs on one folder."""

    def __init__(self, binaries, name, folder):
        self.path = os.path.join(binaries, name)
        self.folder = folder
        self.process = None
        self.url = None
        self.office_url = None
        self.fingerprint = None

    def run(self, *arguments, text=None, fails=False):
        """Runs a command to its end; its JSON answer, or, where it is to fail, the error's code."""
        done = subprocess.run(
            [self.path, *arguments, "--dir", self.folder, "--json"],
            input=text or "", capture_output=True, text=True, timeout=120)
        answer = json.loads(done.stdout) if done.stdout.strip() else {}
        if fails:
            if done.returncode == 0:
                raise Failed(f"{arguments} was to fail")
            return answer.get("error", {}).get("code") or done.stderr.split(":")[0]
        if done.returncode != 0:
            raise Failed(f"{arguments}: {done.stderr}")
        return answer

    def serve(self, *arguments):
        """Serves; a second time at the same port."""
        port = self.url.rsplit(":", 1)[1] if self.url else "0"
        self.process = subprocess.Popen(
            [self.path, "serve", "--listen", f"127.0.0.1:{port}", "--dir", self.folder, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        found = re.match(r"listening (http://\S+)", line)
        if not found:
            raise Failed(f"serve said: {line!r}")
        self.url = found.group(1)
        if "--office" in arguments:
            line = self.process.stdout.readline()
            found = re.match(r"office (https://\S+) fingerprint ([0-9A-F]{64})$", line)
            if not found:
                raise Failed(f"serve said: {line!r}")
            self.office_url, self.fingerprint = found.groups()
        return self.url

    def stop(self):
        """Asks the server to end, which it must do within five seconds."""
        if self.process:
            process, self.process = self.process, None
            process.terminate()
            if process.wait(timeout=5) != 0:
                raise Failed(f"serve ended with {process.returncode}")

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()


class World:
    """A hub with the city's data, an admin who may sign in, and two machines of one ward."""

    UNIT = "31120"
    PASSWORD = "mat khau"

    def __init__(self, binaries):
        self.binaries = binaries
        self.room = tempfile.mkdtemp(prefix="phusa-browser-")
        self.hub = Program(binaries, "phusa-hub", os.path.join(self.room, "hub"))
        self.agents = [Program(binaries, "phusa", os.path.join(self.room, name)) for name in ("lan", "minh")]
        self.hub.run("init")
        self.hub.run("load", FIXTURES)
        self.hub.run(
            "person", "add", "viet", "--name", "Bùi <b>Quốc</b> Việt", "--role", "hub_admin", "--unit", "VPUBND",
            text=self.PASSWORD + "\n")
        self.hub.serve()
        for agent in self.agents:
            code = self.hub.run("enrol-code", "--unit", self.UNIT)["code"]
            agent.run("enrol", "--hub", self.hub.url, "--code", code)
            agent.run("sync")

    def conflict(self):
        """The same figure of the same week, entered differently on both machines: 4 by Lan and 6 by Minh."""
        lan, minh = self.agents
        key = ("--set", "indicator=YT.01", "--set", f"unit={self.UNIT}", "--set", "period=2026-W24")
        word = lan.run("record", "new", "indicator_value", "--as", "lan.31120", *key, "--set", "value=4")["record"]
        minh.run("record", "new", "indicator_value", "--as", "minh.31120", *key, "--set", "value=6")
        for agent in (lan, minh, lan):
            agent.run("sync")
        return word

    def close(self):
        for program in [self.hub, *self.agents]:
            program.kill()
        shutil.rmtree(self.room, ignore_errors=True)
