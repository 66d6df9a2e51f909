-- One keeper of the day copy at a time; until day_let_go, or the end of the session.
SELECT pg_try_advisory_lock(1751216747, 2)
