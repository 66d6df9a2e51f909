-- Whether there is something for pending_sweep.sql, and for pending_vacuum.sql: a full load leaves some hundred rows a
-- second, and fewer are passed in no time.
SELECT EXISTS (SELECT FROM rollup_pending WHERE added_at < now() - make_interval(secs => $1::int4)),
       pg_stat_get_dead_tuples('rollup_pending'::regclass) > 200
