# SPDX-License-Identifier: MIT
"""What JSON Schema can't say of a request that Hark takes, told to Schemathesis."""

import datetime

import schemathesis
from hypothesis import strategies

QUERY_PARAMETERS = 100
FIRST = datetime.datetime(2000, 1, 2)
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, tzinfo=None)

# An answer's time must be neither long ago nor ahead.
schemathesis.openapi.format(
    "date-time",
    strategies.datetimes(NOW - datetime.timedelta(hours=11), NOW - datetime.timedelta(hours=1)).map(
        lambda moment: moment.isoformat(timespec="milliseconds") + "Z"
    ),
)


def holds(value, is_meant):
    if isinstance(value, dict):
        return any(holds(inner, is_meant) for inner in value.values())
    if isinstance(value, list):
        return any(holds(inner, is_meant) for inner in value)
    return is_meant(value)


def is_big(value):
    return isinstance(value, int) and abs(value) >= 2**63


def is_fine(value):
    return isinstance(value, float) and round(value, 4) != value


def moment_of(text):
    try:
        return datetime.datetime.fromisoformat(text.upper()).astimezone(datetime.timezone.utc).replace(tzinfo=None)
    except (AttributeError, ValueError, OverflowError):
        return None


def is_off(body):
    """The clock error that sent_at shows is taken out of occurred_at."""
    occurred, sent = moment_of(body.get("occurred_at")), moment_of(body.get("sent_at"))
    if occurred is None:
        return False
    age = (sent or NOW) - occurred
    return age < datetime.timedelta(hours=-20) or age > NOW - FIRST


def is_no_span(body):
    """It must begin before it ends: now, where that isn't said."""
    begins, ends = moment_of(body.get("from")), moment_of(body.get("to"))
    return begins is not None and begins >= (ends or NOW)


def is_beyond_schema(case):
    # Any text is the key of a survey, but contract.py wants those that no answer has.
    if case.method == "PUT" and not str((case.path_parameters or {}).get("key")).startswith("made-up-"):
        return True
    if not isinstance(case.body, dict):
        # An array has a verdict for each object, and no 4xx for a wrong one: `contract.py examples` posts some.
        return case.method == "POST" and isinstance(case.body, list)
    # Whether a score may be taken away depends on what is stored: the last one may not.
    if case.method == "PATCH" and holds(case.body.get("answers"), lambda score: score is None):
        return True
    if is_off(case.body) or is_no_span(case.body):
        return True
    # Anywhere in `properties`; and the decimal places of an amount.
    return holds(case.body, is_big) or holds(case.body.get("amount"), is_fine)


@schemathesis.hook
def filter_case(context, case):
    # Each filter takes 64 values, and a query 100 parameters in all.
    query = dict(case.query or {}).values()
    count = sum(len(value) if isinstance(value, list) else 1 for value in query)
    return count <= QUERY_PARAMETERS and not is_beyond_schema(case)


@schemathesis.hook
def map_query(context, query):
    query = dict(query or {})
    if "from" in query and "to" in query:
        query["from"], query["to"] = sorted((query["from"], query["to"]), key=str)
    return query
