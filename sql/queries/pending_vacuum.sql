-- A batch's row is there for a tenth of a second, and takes its place until this: autovacuum looks once a minute, when all who read
-- counts would have to pass ten thousand of them. SKIP_LOCKED: one who does it is enough.
VACUUM (SKIP_LOCKED, TRUNCATE false, INDEX_CLEANUP on) rollup_pending
