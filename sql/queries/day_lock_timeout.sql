-- Behind a lock that waits, every writer waits: give up soon, and try in the next round.
SET LOCAL lock_timeout = '200ms'
