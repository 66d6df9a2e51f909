# SPDX-License-Identifier: MIT
"""Writers as real clients are: they send again until they know, the same ids, one by one, in arrays and in streams."""

import collections
import json
import random
import threading
import time
import uuid
from datetime import datetime, timedelta, timezone

from client import UNKNOWN, Client
from ledger import EVENT, RESPONSE, Record

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.01, 0.3
CHANNELS = ("web", "ios", "android", "store", "phone")
RECENT = 200  # ids that other writers may take up


class Writers:
    """They stop at the end of what they are at, when they know its outcome: after a round nothing is open."""

    def __init__(self, service, ledger, projects, seed, count):
        self.service = service
        self.ledger = ledger
        self.projects = projects
        self.seed = seed
        self.count = count
        self.round = 0
        self.stops = False
        self.threads = []
        self.recent = collections.deque(maxlen=RECENT)

    def start(self, round_number):
        self.round = round_number
        self.stops = False
        self.recent.clear()
        self.threads = [threading.Thread(target=Writer(self, i).run, daemon=True) for i in range(self.count)]
        for thread in self.threads:
            thread.start()

    def stop(self, patience_s):
        """False when a writer is still without an outcome after so long."""
        self.stops = True
        deadline = time.monotonic() + patience_s
        for thread in self.threads:
            thread.join(max(0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self.threads)


class Writer:
    ACTS = (
        ("post_one", 40),
        ("post_rivals", 6),
        ("post_and_add", 8),
        ("post_and_edit", 10),
        ("post_event", 10),
        ("post_array", 5),
        ("post_stream", 3),
        ("take_up", 18),
    )

    def __init__(self, writers, index):
        self.writers = writers
        self.ledger = writers.ledger
        self.client = Client(writers.service.port)
        self.random = random.Random(f"{writers.seed} {writers.round} {index}")

    def run(self):
        names, weights = zip(*self.ACTS)
        try:
            while not self.writers.stops:
                getattr(self, self.random.choices(names, weights)[0])()
        except Exception as fault:  # a thread's end would otherwise go unseen
            self.ledger.surprise(f"a writer ended: {fault!r}")
            raise
        finally:
            self.client.close()

    # --- what is sent

    def body(self, kind):
        chance = self.random
        body = {
            "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "channel": chance.choice(CHANNELS),
            "customer_id": f"c-{chance.randrange(5000)}",
            "interaction_id": f"round-{self.writers.round}",
        }
        if chance.random() < 0.2:  # late: on a day that may have been closed
            moment = datetime.now(timezone.utc) - timedelta(minutes=chance.randrange(20 * 24 * 60))
            body["occurred_at"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            body["occurred_us"] = microseconds(body["occurred_at"])  # as the table has it; not sent
        if kind == EVENT:
            body["action"] = chance.choice(("viewed", "started", "completed"))
            body["duration_ms"] = chance.randrange(100000)
            return body
        if chance.random() < 0.3:
            body["tags"] = [f"tag-{number}" for number in range(chance.randrange(1, 4))]
            body["properties"] = {"build": f"4.1.{chance.randrange(9)}"}
        body["answers"] = {"nps": chance.randrange(11)}
        if chance.random() < 0.5:
            body["answers"]["csat"] = chance.randrange(1, 6)
        if chance.random() < 0.3:
            body["answers"]["ces"] = chance.randrange(1, 8)
        return body

    def record(self, kind=RESPONSE, project=None):
        project = project or self.random.choice(self.writers.projects)
        record = Record(kind, project, self.writers.round, self.body(kind))
        self.ledger.add(record)
        return record

    def key(self, project):
        return self.writers.service.keys[project, "write"]

    # --- one at a time

    def send(self, method, path, body, project, content_type="application/json"):
        """Until the outcome is known. Status and reply."""
        pause = FIRST_PAUSE_S
        while True:
            status, reply = self.client.send(method, path, body, self.key(project), content_type)
            if status not in (UNKNOWN, 408, 503):
                return status, reply
            self.ledger.retry(status)
            time.sleep(pause * self.random.uniform(0.5, 1.5))
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def surprise(self, status, reply, what):
        self.ledger.surprise(f"{what}: {status} {json.dumps(reply)[:300]}")

    def post(self, record, what, body):
        path = "/v1/responses" if record.kind == RESPONSE else "/v1/events"
        status, reply = self.send("POST", path, json.dumps(sent(body)), record.project)
        if status in (200, 201):
            self.ledger.acknowledge(record, what)
        elif status != 409 or record.rival is None:
            self.surprise(status, reply, f"POST of {what} {record.id}")

    def post_one(self):
        record = self.record()
        if self.random.random() < 0.25:
            self.post_and_leave(record)
            return
        self.writers.recent.append((record, "base"))
        self.post(record, "base", record.base)

    def post_and_leave(self, record):
        """Sent once, by a client that doesn't come back: when it has no reply, either outcome is right."""
        status, reply = self.client.send("POST", "/v1/responses", json.dumps(sent(record.base)), self.key(record.project))
        if status in (200, 201):
            self.ledger.acknowledge(record, "base")
        elif status in (UNKNOWN, 408, 503):
            self.ledger.retry(status)
        else:
            self.surprise(status, reply, f"POST of {record.id}")

    def take_up(self):
        """Another writer's id, perhaps at the same moment, with the same content or a contradiction."""
        if not self.writers.recent:
            self.post_one()
            return
        record, what = self.random.choice(list(self.writers.recent))
        self.post(record, what, record.rival if what == "rival" else record.base)

    def post_rivals(self):
        record = self.record()
        score = record.base["answers"]["nps"]
        record.rival = {**record.base, "answers": {**record.base["answers"], "nps": (score + 1) % 11}}
        self.writers.recent.append((record, "rival"))
        self.post(record, "base", record.base)

    def post_event(self):
        record = self.record(EVENT)
        self.writers.recent.append((record, "base"))
        self.post(record, "base", record.base)

    def post_and_add(self):
        """A retry that carries the comment which was typed meanwhile."""
        record = self.record()
        record.addition = {**record.base, "comment": "Added to what was sent before"}
        self.post(record, "base", record.base)
        self.post(record, "addition", record.addition)

    def post_and_edit(self):
        record = self.record()
        self.post(record, "base", record.base)
        for number in range(self.random.randrange(1, 4)):
            edit = {"answers": {"nps": self.random.randrange(11)}, "comment": f"Edit {number}"}
            record.edits.append(edit)
            status, reply = self.send("PATCH", f"/v1/responses/{record.id}", json.dumps(edit), record.project)
            if status != 200:
                self.surprise(status, reply, f"PATCH of {record.id}, whose POST was acknowledged")
                return
            self.ledger.acknowledge_edit(record)

    # --- many at once

    def post_array(self):
        self.post_many(self.random.randrange(2, 60), "application/json", lambda items: json.dumps(items))

    def post_stream(self):
        self.post_many(
            self.random.randrange(50, 400),
            "application/x-ndjson",
            lambda items: "".join(json.dumps(item) + "\n" for item in items),
        )

    def post_many(self, count, content_type, encode):
        kind = EVENT if self.random.random() < 0.2 else RESPONSE
        first = self.record(kind)
        left = [first] + [self.record(kind, first.project) for _ in range(count - 1)]
        path = "/v1/responses" if kind == RESPONSE else "/v1/events"
        wrong = {"id": first.id, "answers": {"nps": 99}, "action": ""}
        while left:
            items = [sent(record.base) for record in left] + [wrong]
            status, reply = self.send("POST", path, encode(items), first.project, content_type)
            if status != 200:
                self.surprise(status, reply, f"POST of {len(items)}")
                return
            left = self.settle_many(left, reply)

    def settle_many(self, records, reply):
        """Acknowledges what was not rejected; what is to be sent again."""
        rejected = {item["index"]: item for item in reply["rejected"]}
        if reply["accepted"] + reply["duplicates"] + len(rejected) != len(records) + 1:
            self.ledger.surprise(f"{len(records) + 1} sent, and {reply['accepted']} + {reply['duplicates']} + {len(rejected)}")
        if rejected.get(len(records), {}).get("status") not in (422, 503):
            self.ledger.surprise("a wrong item was not refused")
        again = []
        for index, record in enumerate(records):
            if index not in rejected:
                self.ledger.acknowledge(record, "base")
            elif rejected[index]["retryable"]:
                again.append(record)
            else:
                self.surprise(rejected[index]["status"], rejected[index], f"item {record.id}")
        return again


def sent(body):
    return {name: value for name, value in body.items() if name != "occurred_us"}


def microseconds(time_text):
    moment = datetime.fromisoformat(time_text.replace("Z", "+00:00"))
    return round(moment.timestamp() * 1000) * 1000
