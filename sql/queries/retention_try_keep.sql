-- One process at a time; until retention_let_go, or the end of the session.
SELECT pg_try_advisory_lock(1751216747, 3)
