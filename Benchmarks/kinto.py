"""Kinto, from PyPI, on the same work: a server of its own with its store in memory, spoken to over HTTP on loopback."""

import http.client
import json
import socket
import subprocess
import sys
import time

BATCH = 25
COLLECTION = "/v1/buckets/bench/collections/values"
SETTINGS = """
[app:main]
use = egg:kinto
kinto.storage_backend = kinto.core.storage.memory
kinto.cache_backend = kinto.core.cache.memory
kinto.permission_backend = kinto.core.permission.memory
kinto.userid_hmac_secret = bench
kinto.bucket_create_principals = system.Everyone
multiauth.policies = basicauth
multiauth.policy.basicauth.use = kinto.core.authentication.BasicAuthAuthenticationPolicy
[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}
threads = 1
"""


class Client:
    """Counts what it sends and gets, without the HTTP lines."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.clear()

    def clear(self):
        self.up = self.down = self.requests = 0

    def ask(self, method, path, body=None, headers=()):
        data = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        sent = {"Content-Type": "application/json", "Authorization": "Basic YmVuY2g6YmVuY2g=", **dict(headers)}
        self.connection.request(method, path, data, sent)
        response = self.connection.getresponse()
        answer = response.read()
        self.requests += 1
        # What authenticates counts wherever it stands.
        self.up += len(data) + len(sent["Authorization"])
        self.down += len(answer)
        if response.status >= 400:
            raise RuntimeError(f"Kinto answered {response.status} to {method} {path}: {answer[:200]}")
        return response, answer

    def batches(self, method, bodies):
        for start in range(0, len(bodies), BATCH):
            part = [{"method": method, "path": f"{COLLECTION}/records/{name}", "body": {"data": data}}
                    for name, data in bodies[start:start + BATCH]]
            _, answer = self.ask("POST", "/v1/batch", {"requests": part})
            if any(each["status"] >= 400 for each in json.loads(answer)["responses"]):
                raise RuntimeError("Kinto refused a part of a batch")


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def measure(made, room):
    try:
        return measure_in(made, room / "kinto")
    except (OSError, RuntimeError, subprocess.SubprocessError, http.client.HTTPException) as error:
        return {"skipped": f"it did not run here: {error}"}


def measure_in(made, room):
    room.mkdir()
    subprocess.run([sys.executable, "-m", "venv", room / "venv"], check=True, capture_output=True, timeout=120)
    subprocess.run([room / "venv/bin/pip", "install", "-q", "kinto", "waitress", "setuptools<81"], check=True,
                   capture_output=True, timeout=300)
    port = free_port()
    (room / "kinto.ini").write_text(SETTINGS.format(port=port))
    with open(room / "log", "w") as log:
        server = subprocess.Popen([room / "venv/bin/pserve", room / "kinto.ini"], stdout=log, stderr=log)
    try:
        return talk(made, wait_for(port, server, room / "log"))
    finally:
        server.terminate()
        server.wait()


def wait_for(port, server, log):
    for _ in range(300):
        try:
            client = Client(port)
            client.ask("GET", "/v1/")
            return client
        except OSError:
            if server.poll() is not None:
                raise RuntimeError(log.read_text()[-300:])
            time.sleep(0.2)
    raise RuntimeError("no answer within a minute")


def talk(made, client):
    client.ask("PUT", "/v1/buckets/bench", {"data": {}})
    client.ask("PUT", COLLECTION, {"data": {}})
    found = {}

    def count(what, work):
        client.clear()
        begin = time.monotonic()
        work()
        found[what] = {"up": client.up, "down": client.down, "requests": client.requests,
                       "seconds": time.monotonic() - begin}

    def without_id(row):
        return {name: value for name, value in row.items() if name != "id"}

    count("W1", lambda: client.batches("PUT", [(row["id"], without_id(row)) for row in made.values]))
    count("pull", lambda: client.ask("GET", COLLECTION + "/records"))
    tag = client.ask("GET", COLLECTION + "/records?_limit=1")[0].getheader("ETag")
    count("nothing changed",
          lambda: client.ask("GET", COLLECTION + "/records?_since=" + tag, headers={"If-None-Match": tag}.items()))
    count("W3", lambda: client.batches("PUT", [(row["id"], without_id(row)) for row in made.inspections]))
    for part, edits in (("W4", made.small), ("W2", made.edits)):
        count(part, lambda: client.batches("PATCH", [(edit["id"], {**edit["set"], "ts": edit["ts"]}) for edit in edits]))
    return found
