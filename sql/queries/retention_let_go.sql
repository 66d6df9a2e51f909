SELECT pg_advisory_unlock(1751216747, 3)
