# SPDX-License-Identifier: MIT
"""What was sent, what was acknowledged, and the comparison of both with the tables."""

import threading

RESPONSE, EVENT = "response", "event"


class Record:
    """One id. What may be stored under it follows from what was acknowledged: `base`, or `rival` in its place, or `base`
    with the comment of `addition`, or `base` with the last acknowledged edit, or with a later one whose outcome is unknown."""

    __slots__ = ("kind", "project", "round", "id", "base", "rival", "addition", "edits", "acknowledged", "edits_acknowledged")

    def __init__(self, kind, project, round_number, base):
        self.kind = kind
        self.project = project
        self.round = round_number
        self.id = base["id"]
        self.base = base
        self.rival = None
        self.addition = None
        self.edits = []  # in the order sent, each only after the one before was acknowledged
        self.acknowledged = set()  # of "base", "rival", "addition"
        self.edits_acknowledged = 0

    def is_acknowledged(self):
        return bool(self.acknowledged) or self.edits_acknowledged > 0


class Ledger:
    def __init__(self):
        self.lock = threading.Lock()
        self.records = {}
        self.surprises = []  # replies that no client should get
        self.unanswered = 0  # of this round: requests that got no reply, and those that got a 503
        self.turned_away = 0

    def add(self, record):
        with self.lock:
            self.records[record.kind, record.project, record.id] = record

    def acknowledge(self, record, what):
        with self.lock:
            record.acknowledged.add(what)

    def acknowledge_edit(self, record):
        with self.lock:
            record.edits_acknowledged += 1

    def retry(self, status):
        with self.lock:
            self.unanswered += status == 0
            self.turned_away += status == 503

    def surprise(self, text):
        with self.lock:
            self.surprises.append(text)


FIELDS = {
    RESPONSE: ("nps", "csat", "ces", "comment", "customer_id", "channel", "tags", "properties", "occurred_us"),
    EVENT: ("action", "customer_id", "channel", "duration_ms", "occurred_us"),
}


def flat(kind, body):
    """A body as the columns that it fills."""
    row = {field: body.get(field) for field in FIELDS[kind]}
    row.update(body.get("answers", {}))
    return row


def with_edit(row, edit):
    return {**row, "nps": edit["answers"]["nps"], "comment": edit["comment"]}


def allowed_rows(record):
    """Each content that the promise leaves open for this id; empty where what was acknowledged contradicts itself."""
    base = flat(record.kind, record.base)
    if record.rival is not None:
        rival = flat(record.kind, record.rival)
        if {"base", "rival"} <= record.acknowledged:
            return []
        return [base] if "base" in record.acknowledged else [rival] if "rival" in record.acknowledged else [base, rival]
    if record.addition is not None:
        full = flat(record.kind, record.addition)
        return [full] if "addition" in record.acknowledged else [base, full]
    if record.edits:
        known = record.edits_acknowledged
        last = with_edit(base, record.edits[known - 1]) if known > 0 else base
        return [last] + [with_edit(base, edit) for edit in record.edits[known:]]
    return [base]


def agrees(row, allowed):
    # A time that was not sent is the server's to choose.
    return all(row[field] == value for field, value in allowed.items() if field != "occurred_us" or value is not None)


class Findings:
    def __init__(self):
        self.acknowledged = {RESPONSE: 0, EVENT: 0, "edit": 0}
        self.lost = []
        self.changed = []  # stored, and not as acknowledged
        self.unacknowledged = 0
        self.unsent = []
        self.counted_twice = 0
        self.not_counted = 0

    def is_good(self):
        return not (self.lost or self.changed or self.unsent or self.counted_twice or self.not_counted)


def compare(records, rows):
    """records: of a round, or all. rows: {(kind, project, id): columns} of the same."""
    findings = Findings()
    for key, record in records.items():
        row = rows.get(key)
        if record.is_acknowledged():
            findings.acknowledged[record.kind] += 1
            findings.acknowledged["edit"] += record.edits_acknowledged
            if row is None:
                findings.lost.append(record)
        elif row is not None:
            findings.unacknowledged += 1
        if row is not None and not any(agrees(row, allowed) for allowed in allowed_rows(record)):
            findings.changed.append((record, row))
    findings.unsent = [key for key in rows if key not in records]
    return findings


METRICS = {"nps": range(0, 11), "csat": range(1, 6), "ces": range(1, 8)}


def compare_counts(findings, stored, counted):
    """Both {(project, metric, score): n}: stored as a count of the rows has it, counted as GET /v1/metrics has it."""
    for key in stored.keys() | counted.keys():
        difference = counted.get(key, 0) - stored.get(key, 0)
        findings.counted_twice += max(0, difference)
        findings.not_counted += max(0, -difference)
