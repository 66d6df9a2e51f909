# SPDX-License-Identifier: MIT
"""Times that JSON Schema can't tell from others: an answer's must be neither long ago nor ahead, and the clock error that
sent_at shows is added to occurred_at, so both stay within the last half day."""

import datetime

import schemathesis
from hypothesis import strategies

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, tzinfo=None)

schemathesis.openapi.format(
    "date-time",
    strategies.datetimes(NOW - datetime.timedelta(hours=11), NOW - datetime.timedelta(hours=1)).map(
        lambda moment: moment.isoformat(timespec="milliseconds") + "Z"
    ),
)


@schemathesis.hook
def filter_case(context, case):
    """An array has a verdict for each object, and no 4xx for a wrong one: `contract.py examples` posts some."""
    return not (case.method == "POST" and isinstance(case.body, list))


@schemathesis.hook
def map_query(context, query):
    """updated_since is another order of the list, without from and to."""
    if query and "updated_since" in query:
        return {name: value for name, value in query.items() if name not in ("from", "to")}
    return query
