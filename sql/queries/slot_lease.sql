-- Tries one slot: the lock lasts as long as the session.
SELECT pg_try_advisory_lock(1751216747 + 1, $1::int4)
