# SPDX-License-Identifier: MIT
"""Memory and system calls of the server fail at random, under load and at its start. It must go on, answer 503 or close the
connection, and acknowledge nothing that is not stored. See `run-failures` beside this file."""

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from client import UNKNOWN, Client
from crash import Run, end_in_time, keep
from service import Service

# name of libfiu's point of failure (its list: /usr/share/doc/fiu-utils/function_list.gz), and how often it fails.
# close is not among them: one that libfiu lets fail closes nothing, which the kernel never does.
FAILURES = (
    ("memory, rarely", (("libc/mm/*", 0.0005), ("libc/str/*", 0.0005))),
    ("memory, often", (("libc/mm/*", 0.02), ("libc/str/*", 0.02))),
    ("nearly all memory", (("libc/mm/*", 0.5), ("libc/str/*", 0.5))),
    ("receiving", ((f"posix/io/net/recv,failinfo={errno.ECONNRESET}", 0.01), ("posix/io/rw/read", 0.01))),
    ("sending", (("posix/io/net/send", 0.01), ("posix/io/net/sendmsg", 0.01), ("posix/io/rw/write", 0.01))),
    ("parts only", (("posix/io/rw/read/reduce", 0.2), ("posix/io/rw/write/reduce", 0.2))),
    ("waiting and connecting", (("posix/io/net/poll", 0.05), ("posix/io/net/connect", 0.3), ("posix/io/net/socket", 0.3))),
    ("memory maps", (("posix/mm/*", 0.2),)),
    (
        "everything",
        (("libc/mm/*", 0.005), ("posix/io/net/*", 0.005), ("posix/io/rw/*", 0.005), ("posix/mm/*", 0.005)),
    ),
)

READS = (
    "/v1/metrics?metric=nps,csat,ces&group_by=channel",
    "/v1/metrics?metric=nps&interval=day&compare=previous",
    "/v1/metrics/nps/distribution",
    "/v1/responses?limit=200",
    "/v1/responses?q=edit&band=promoter",
    "/v1/events?limit=100",
    "/openapi.yaml",
    "/readyz",
    "/metrics",
    "/v1/no-such-thing",
)
# A server that lacks memory may say so, or close the connection; it may not blame the client.
EXPECTED = {"/v1/no-such-thing": (404,)}

STARTS = 25


class Starved(Service):
    """A server under libfiu, beside one that is well and owns the database."""

    def __init__(self, hark, folder, owner, settings):
        super().__init__(hark, folder, settings)
        self.owner = owner
        self.data = owner.data
        self.keys = owner.keys
        self.settings["HARK_DATABASE_URL"] = f"host={owner.data}/run user=hark dbname=hark"
        self.control = os.path.join(owner.data, "fiu")
        self.failures = ()

    def launch(self):
        commands = [word for name, often in self.failures for word in ("-c", f"enable_random name={name},probability={often}")]
        with open(os.path.join(self.folder, "serve.log"), "ab") as log:
            self.process = subprocess.Popen(
                ["fiu-run", "-x", "-f", self.control, *commands, self.hark, "serve"],
                env={**self.environment(), "HARK_LISTEN": f"127.0.0.1:{self.port}", "HARK_ACCESS_LOG": "off"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                **self.identity(),
            )

    def identity(self):
        """Who the database's owner has become: libfiu opens its pipes anew each time, and must still be allowed to."""
        owner = os.stat(self.data)
        return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}

    def tell(self, command):
        """fiu-run is a script that becomes the server: they have one pid."""
        subprocess.run(
            ["fiu-ctrl", "-f", self.control, "-c", command, str(self.process.pid)], check=True, timeout=60, capture_output=True
        )

    def start_failing(self, failures):
        for name, often in failures:
            self.tell(f"enable_random name={name},probability={often}")

    def stop_failing(self, failures):
        for name, _ in failures:
            self.tell(f"disable name={name.partition(',')[0]}")

    def make_project(self, name):
        self.owner.make_project(name)

    def last_words(self):
        return super().last_words() + self.owner.last_words()


class Readers:
    """They read whatever there is, and take note of replies that make no sense."""

    def __init__(self, run, count):
        self.run = run
        self.stops = False
        self.replies = {}
        self.threads = [threading.Thread(target=self.read, args=(i,), daemon=True) for i in range(count)]
        for thread in self.threads:
            thread.start()

    def read(self, number):
        client = Client(self.run.service.port)
        chance = random.Random(number)
        while not self.stops:
            path = chance.choice(READS)
            status, _ = client.send("GET", path, None, self.run.admin_key)
            self.replies[status] = self.replies.get(status, 0) + 1
            if status not in (UNKNOWN, 503, *EXPECTED.get(path, (200,))):
                self.run.ledger.surprise(f"GET {path}: {status}")
            if status == UNKNOWN:
                time.sleep(0.01)
        client.close()

    def stop(self):
        self.stops = True
        for thread in self.threads:
            thread.join(90)
        return not any(thread.is_alive() for thread in self.threads)


class StarvedRun(Run):
    def __init__(self, hark, folder, chance, writers):
        super().__init__(hark, folder, chance, writers)
        owner_folder = os.path.join(folder, "owner")
        os.mkdir(owner_folder)
        os.chmod(owner_folder, 0o755)
        self.owner = Service(hark, owner_folder)
        self.service = Starved(hark, folder, self.owner, self.service.settings)
        self.writers.service = self.service

    def open(self):
        self.owner.start()
        super().open()
        self.admin_key = self.owner.command("key", "create", "--project", "first", "--scope", "admin").stdout.strip()

    def starve(self, number, title, failures, seconds):
        """Load, failures under it, then none: whoever waited gets an answer, and the numbers are right."""
        self.writers.start(number)
        readers = Readers(self, 6)
        time.sleep(0.2)
        self.service.start_failing(failures)
        time.sleep(seconds)
        self.service.stop_failing(failures)
        time.sleep(0.5)
        is_quiet = self.writers.stop(90) and readers.stop()
        is_alive = self.service.process.poll() is None
        if not is_alive:
            print(f"  the server ended with {self.service.process.returncode}\n{self.service.last_words()}")
            self.service.start()
        is_good = self.report(f"{title} fails", self.check(number))
        print(f"  {self.ledger.unanswered} posts without a reply, {self.ledger.turned_away} answered with 503;"
              f" reads: {dict(sorted(readers.replies.items()))}", flush=True)
        self.ledger.unanswered = self.ledger.turned_away = 0
        if not is_quiet:
            print("  somebody got no answer")
        return is_good and is_quiet and is_alive

    def begin(self, title, failures):
        """Starts that fail are allowed, with a reason and an exit status; to be ended by a signal is not."""
        server = Starved(self.service.hark, self.service.folder, self.owner, self.service.settings)
        server.failures = failures
        # libseccomp 2.5 frees parts of a filter twice when memory runs out while it is made.
        server.settings["HARK_SANDBOX"] = "off"
        ended = {}
        for _ in range(STARTS):
            server.launch()
            try:
                status = server.process.wait(self.chance.uniform(0.2, 0.8))
            except subprocess.TimeoutExpired:
                server.process.terminate()
                status = server.process.wait(60)
            ended[status] = ended.get(status, 0) + 1
        is_good = set(ended) <= {0, 1, 2, -signal.SIGTERM}  # SIGTERM: it was ended here, before it served
        print(f"{'ok' if is_good else 'FAILED'}: {STARTS} starts while {title} fails: exit statuses {ended}", flush=True)
        return is_good

    def end(self):
        self.service.kill_leftovers()
        self.owner.kill_leftovers()


def starve(hark, folder, chance, writers, seconds):
    run = StarvedRun(hark, folder, chance, writers)
    try:
        run.open()
        verdicts = [run.starve(number, *failure, seconds) for number, failure in enumerate(FAILURES, 1)]
        verdicts += run.finish("after all of them")
        verdicts.append(run.begin("memory", (("libc/mm/*", 0.0003), ("libc/str/*", 0.0003))))
        verdicts.append(run.begin("everything", (("posix/*", 0.01),)))
        return verdicts
    except (RuntimeError, OSError, subprocess.SubprocessError, KeyError) as fault:
        print(f"FAILED: {fault!r}\n{run.service.last_words()}")
        return [False]
    finally:
        run.writers.stop(0)
        run.end()


def main():
    seconds = float(os.environ.get("FAILURES_SECONDS", "4"))
    writers = int(os.environ.get("CRASH_WRITERS", "16"))
    seed = int(os.environ.get("CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
    print(f"CRASH_SEED={seed} FAILURES_SECONDS={seconds} CRASH_WRITERS={writers}", flush=True)
    end_in_time(10)
    folder = tempfile.mkdtemp(prefix="hark-failures-")
    os.chmod(folder, 0o755)
    verdicts = starve(sys.argv[1], folder, random.Random(seed), writers, seconds)
    if not all(verdicts):
        keep(folder)
    shutil.rmtree(folder, ignore_errors=True)
    failed = verdicts.count(False)
    print(f"{len(verdicts) - failed} passed, {failed} failed")
    return 1 if failed or not verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
