# SPDX-License-Identifier: MIT
"""A `hark serve` with its private PostgreSQL, as processes that can be killed, frozen and looked into."""

import csv
import io
import json
import os
import signal
import socket
import subprocess
import time

from client import Client
from ledger import EVENT, METRICS, RESPONSE

START_PATIENCE_S = 90

RESPONSE_ROWS = """
COPY (SELECT p.name, r.id, r.nps, r.csat, r.ces, r.comment, r.customer_id, v.value,
             array_to_json(r.tags), r.properties, (extract(epoch FROM r.occurred_at) * 1000000)::bigint
        FROM response r
        JOIN project p ON p.id = r.project_id
        JOIN cell c ON c.project_id = r.project_id AND c.id = r.cell_id
        LEFT JOIN dimension_value v ON v.project_id = c.project_id AND v.dimension = 1 AND v.id = c.channel_id
       WHERE {where}) TO STDOUT (FORMAT csv)
"""
SCORES = """
COPY (SELECT p.name, m.metric, m.score, count(*)
        FROM response r
        JOIN project p ON p.id = r.project_id
       CROSS JOIN LATERAL (VALUES ('nps', r.nps), ('csat', r.csat), ('ces', r.ces)) m (metric, score)
       WHERE m.score IS NOT NULL
       GROUP BY p.name, m.metric, m.score) TO STDOUT (FORMAT csv)
"""
EVENT_ROWS = """
COPY (SELECT p.name, r.id, r.action, r.customer_id, v.value, r.duration_ms,
             (extract(epoch FROM r.occurred_at) * 1000000)::bigint
        FROM event r
        JOIN project p ON p.id = r.project_id
        JOIN cell c ON c.project_id = r.project_id AND c.id = r.cell_id
        LEFT JOIN dimension_value v ON v.project_id = c.project_id AND v.dimension = 1 AND v.id = c.channel_id
       WHERE {where}) TO STDOUT (FORMAT csv)
"""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def send_signal(pid, number):
    """False where the process was gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


class Service:
    def __init__(self, hark, folder, settings=()):
        self.hark = hark
        self.folder = folder
        self.data = os.path.join(folder, "data")
        self.port = free_port()
        self.settings = dict(settings)
        self.keys = {}
        self.process = None
        self.supervisor = 0

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HARK_")}
        return {**kept, "HARK_DATA_DIR": self.data, **self.settings}

    def launch(self):
        with open(os.path.join(self.folder, "serve.log"), "ab") as log:
            self.process = subprocess.Popen(
                [self.hark, "serve"],
                env={**self.environment(), "HARK_LISTEN": f"127.0.0.1:{self.port}", "HARK_ACCESS_LOG": "off"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def start(self):
        self.launch()
        self.wait_until_ready()

    def is_ready(self):
        client = Client(self.port)
        status, _ = client.send("GET", "/readyz", None, "")
        client.close()
        return status == 200

    def wait_until_ready(self):
        """Seconds that it took. A server that has ended is started again, as systemd would."""
        started = time.monotonic()
        while not self.is_ready():
            if time.monotonic() - started > START_PATIENCE_S:
                raise RuntimeError(f"the service is not ready after {START_PATIENCE_S} s")
            if self.process.poll() is not None:
                self.launch()
            time.sleep(0.02)
        self.supervisor = next(iter(children(self.process.pid)), 0)
        return time.monotonic() - started

    def last_words(self):
        with open(os.path.join(self.folder, "serve.log"), errors="replace") as log:
            return "".join(f"  {line}" for line in log.readlines()[-8:])

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=120)

    def kill_leftovers(self):
        """Nothing of a run that failed may stay behind."""
        for pid in [self.process.pid if self.process else 0, self.supervisor, *self.postgres()]:
            if pid > 0:
                send_signal(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    # --- its processes

    def postmaster(self):
        try:
            with open(os.path.join(self.data, "postgres", "postmaster.pid")) as file:
                pid = int(file.readline())
        except (OSError, ValueError):
            return 0
        return pid if is_alive(pid) else 0

    def postgres(self):
        """The postmaster first."""
        postmaster = self.postmaster()
        return [postmaster, *children(postmaster)] if postmaster > 0 else []

    def backends(self):
        """Those that serve a session of hark's."""
        found = []
        for pid in self.postgres()[1:]:
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    if b"hark hark" in file.read():
                        found.append(pid)
            except OSError:
                pass
        return found

    # --- its commands and its data

    def command(self, *arguments):
        return subprocess.run(
            [self.hark, *arguments], env=self.environment(), capture_output=True, text=True, timeout=120, check=False
        )

    def make_project(self, name):
        made = self.command("project", "create", name)
        if made.returncode != 0:
            raise RuntimeError(made.stderr)
        for scope in ("write", "metrics"):
            key = self.command("key", "create", "--project", name, "--scope", scope)
            if key.returncode != 0:
                raise RuntimeError(key.stderr)
            self.keys[name, scope] = key.stdout.strip()

    def query(self, sql):
        arguments = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", os.path.join(self.data, "run"), "-U", "hark", "-d", "hark"]
        result = subprocess.run(["psql", *arguments, "-c", sql], capture_output=True, text=True, timeout=120, check=False)
        if result.returncode != 0:
            raise RuntimeError(result.stderr)
        return list(csv.reader(io.StringIO(result.stdout)))

    def rows(self, round_number=None):
        """What is stored, of a round or all: {(kind, project, id): columns}."""
        where = "true" if round_number is None else f"r.interaction_id = 'round-{round_number}'"
        found = {}
        for project, number, nps, csat, ces, comment, customer, channel, tags, properties, occurred in self.query(
            RESPONSE_ROWS.format(where=where)
        ):
            found[RESPONSE, project, number] = {
                "nps": integer(nps),
                "csat": integer(csat),
                "ces": integer(ces),
                "comment": comment or None,
                "customer_id": customer or None,
                "channel": channel or None,
                "tags": json.loads(tags) if tags else None,
                "properties": json.loads(properties) if properties else None,
                "occurred_us": int(occurred),
            }
        for project, number, action, customer, channel, duration, occurred in self.query(EVENT_ROWS.format(where=where)):
            found[EVENT, project, number] = {
                "action": action,
                "customer_id": customer or None,
                "channel": channel or None,
                "duration_ms": integer(duration),
                "occurred_us": int(occurred),
            }
        return found

    def stored_scores(self):
        """Counted from the rows: {(project, metric, score): n}."""
        return {(project, metric, int(score)): int(n) for project, metric, score, n in self.query(SCORES)}

    def counted_scores(self):
        """The same, as GET /v1/metrics has them."""
        client = Client(self.port)
        counted = {}
        for project in {name for name, _ in self.keys}:
            status, reply = client.send(
                "GET", "/v1/metrics", None, self.keys[project, "metrics"], headers={"Cache-Control": "no-cache"}
            )
            if status != 200:
                raise RuntimeError(f"GET /v1/metrics: {status}")
            for metric, scores in METRICS.items():
                for score, n in zip(scores, reply["total"][metric]["distribution"]):
                    counted[project, metric, score] = n
        client.close()
        return counted

    def verify(self):
        return self.command("verify")


def integer(text):
    return int(text) if text else None
