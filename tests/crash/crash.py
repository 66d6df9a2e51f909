# SPDX-License-Identifier: MIT
"""The promise, tested as worded: a 2xx means that the row is on disk; after any crash every acknowledged id is there exactly
once, as it was acknowledged, rollups agree with rows, and nothing is counted twice. See `run` beside this file."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import incidents
from ledger import EVENT, RESPONSE, Ledger, compare, compare_counts
from service import Service
from traffic import Writers

PROJECTS = ("first", "second")
QUIET_PATIENCE_S = 90
DISK_SIZE = "192m"


class Run:
    """One service and the ledger of all that was sent to it, round after round."""

    def __init__(self, hark, folder, chance, writers):
        self.service = Service(hark, folder, SETTINGS)
        self.ledger = Ledger()
        self.chance = chance
        self.writers = Writers(self.service, self.ledger, PROJECTS, chance.random(), writers)

    def open(self):
        self.service.start()
        for project in PROJECTS:
            self.service.make_project(project)

    def round(self, number, incident):
        """Load, an incident in it, recovery under load, silence, comparison. True when the promise held."""
        self.writers.start(number)
        time.sleep(self.chance.uniform(0.3, 1.5))
        incident(self.service, self.chance)
        seconds = self.service.wait_until_ready()
        time.sleep(self.chance.uniform(0.2, 0.6))
        is_quiet = self.writers.stop(QUIET_PATIENCE_S)
        findings = self.check(number)
        name = incident.__name__.replace("_", " ")
        is_good = self.report(f"round {number}, {name}, ready after {seconds:.1f} s", findings)
        print(f"  {self.ledger.unanswered} requests without a reply, {self.ledger.turned_away} answered with 503", flush=True)
        self.ledger.unanswered = self.ledger.turned_away = 0
        if not is_quiet:
            print(f"  a writer has no outcome after {QUIET_PATIENCE_S} s")
        return is_good and is_quiet

    def check(self, number):
        """Of a round; None: of all, and what is counted as well."""
        records = self.ledger.records
        if number is not None:
            records = {key: record for key, record in records.items() if record.round == number}
        findings = compare(records, self.service.rows(number))
        compare_counts(findings, self.service.stored_scores(), self.service.counted_scores())
        return findings

    def report(self, title, findings):
        is_good = findings.is_good() and not self.ledger.surprises
        counts = findings.acknowledged
        print(
            f"{'ok' if is_good else 'FAILED'}: {title}: acknowledged {counts[RESPONSE]} answers, {counts[EVENT]} events,"
            f" {counts['edit']} edits; lost {len(findings.lost)}, stored without acknowledgement"
            f" {findings.unacknowledged}, counted twice {findings.counted_twice}",
            flush=True,
        )
        self.explain(findings)
        return is_good

    def explain(self, findings):
        for record in findings.lost[:5]:
            print(f"  lost: {record.kind} {record.id} of {record.project}, {record.base}")
        for record, row in findings.changed[:5]:
            print(f"  not as acknowledged: {record.id}: {row}; {record.base} {record.acknowledged} {record.rival}")
            print(f"    edits {record.edits}, of which {record.edits_acknowledged} were acknowledged")
        for key in findings.unsent[:5]:
            print(f"  stored and never sent: {key}")
        if findings.not_counted:
            print(f"  stored and not counted: {findings.not_counted}")
        for text in self.ledger.surprises[:5]:
            print(f"  {text}")
        self.ledger.surprises.clear()

    def finish(self, title):
        """All rounds once more: what was acknowledged in the first is still there after the last."""
        is_good = self.report(title, self.check(None))
        verified = self.service.verify()
        told = "\n  ".join((verified.stdout + verified.stderr).splitlines()[-5:])
        print(f"{'ok' if verified.returncode == 0 else 'FAILED'}: hark verify: {told}")
        status = self.service.stop()
        if status != 0:
            print(f"FAILED: the server ended with {status}")
        return [is_good, verified.returncode == 0, status == 0]


# Shorter than a freeze, so that it is met by a 503; two committers, so that ids meet in two sessions.
SETTINGS = {"HARK_COMMITTERS": "2", "HARK_COMMIT_TIMEOUT": "4s", "HARK_STATEMENT_TIMEOUT": "4s"}


def order_of_incidents(chance, rounds):
    """All of them in the order of the table before one comes again, so that a short run has the worst ones."""
    order = list(incidents.INCIDENTS[:rounds])
    while len(order) < rounds:
        order.extend(chance.sample(incidents.INCIDENTS, min(len(incidents.INCIDENTS), rounds - len(order))))
    return order


def guarded(run, body):
    """Verdicts of body; a fault of the harness, or a service that stays away, is a failure too."""
    try:
        run.open()
        return body()
    except (RuntimeError, OSError, subprocess.SubprocessError, KeyError) as fault:
        print(f"FAILED: {fault!r}\n{run.service.last_words()}")
        return [False]
    finally:
        run.writers.stop(0)
        run.service.kill_leftovers()


def crash_rounds(hark, folder, chance, rounds, writers):
    run = Run(hark, folder, chance, writers)

    def body():
        order = order_of_incidents(chance, rounds)
        verdicts = [run.round(number, incident) for number, incident in enumerate(order, 1)]
        return verdicts + run.finish(f"all {rounds} rounds")

    return guarded(run, body)


def full_disk(hark, folder, chance, _, writers):
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_SIZE},mode=755", "none", folder]
    if subprocess.run(mount, check=False).returncode != 0:
        print("not tested: a full disk, for no tmpfs may be mounted here (root may, on most machines)")
        return []
    run = Run(hark, folder, chance, writers)
    try:
        return guarded(run, lambda: [run.round(1, incidents.fill_disk)] + run.finish("after the full disk"))
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


def keep(folder):
    wanted = os.environ.get("CRASH_KEEP")
    if wanted:
        shutil.copytree(folder, wanted, dirs_exist_ok=True, ignore=shutil.ignore_patterns("run", "fiu-*"))
        print(f"the data and the log are in {wanted}")


def end_in_time(rounds):
    def give_up(*_):
        raise RuntimeError("it takes far too long")

    signal.signal(signal.SIGALRM, give_up)
    signal.signal(signal.SIGTERM, give_up)
    signal.alarm(240 + 60 * rounds)


def main():
    rounds = int(os.environ.get("CRASH_ROUNDS", "8"))
    writers = int(os.environ.get("CRASH_WRITERS", "24"))
    seed = int(os.environ.get("CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
    hark = sys.argv[1]
    verdicts = []
    print(f"CRASH_SEED={seed} CRASH_ROUNDS={rounds} CRASH_WRITERS={writers}", flush=True)
    chance = random.Random(seed)
    end_in_time(rounds)
    for part in (crash_rounds, full_disk):
        folder = tempfile.mkdtemp(prefix="hark-crash-")
        os.chmod(folder, 0o755)  # a server that root started steps down, and its user must get in
        part_verdicts = part(hark, folder, chance, rounds, writers)
        if not all(part_verdicts):
            keep(folder)
        shutil.rmtree(folder, ignore_errors=True)
        verdicts += part_verdicts
    failed = verdicts.count(False)
    print(f"{len(verdicts) - failed} passed, {failed} failed")
    return 1 if failed or not verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
