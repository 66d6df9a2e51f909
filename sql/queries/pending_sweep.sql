-- Rows of rollup_pending that have been there for more than $1 seconds go into the counters of slot -1, which no writer leases: those
-- whose committer is no more.
WITH taken AS (
    DELETE FROM rollup_pending WHERE added_at < now() - make_interval(secs => $1::int4)
    RETURNING project_id, quarters, cells, nps, csat, ces, tests
), counted AS MATERIALIZED (
    SELECT project_id, quarter, cell_id,
           count(*) FILTER (WHERE nps = 0)::int4 AS nps_0, count(*) FILTER (WHERE nps = 1)::int4 AS nps_1,
           count(*) FILTER (WHERE nps = 2)::int4 AS nps_2, count(*) FILTER (WHERE nps = 3)::int4 AS nps_3,
           count(*) FILTER (WHERE nps = 4)::int4 AS nps_4, count(*) FILTER (WHERE nps = 5)::int4 AS nps_5,
           count(*) FILTER (WHERE nps = 6)::int4 AS nps_6, count(*) FILTER (WHERE nps = 7)::int4 AS nps_7,
           count(*) FILTER (WHERE nps = 8)::int4 AS nps_8, count(*) FILTER (WHERE nps = 9)::int4 AS nps_9,
           count(*) FILTER (WHERE nps = 10)::int4 AS nps_10, count(*) FILTER (WHERE csat = 1)::int4 AS csat_1,
           count(*) FILTER (WHERE csat = 2)::int4 AS csat_2, count(*) FILTER (WHERE csat = 3)::int4 AS csat_3,
           count(*) FILTER (WHERE csat = 4)::int4 AS csat_4, count(*) FILTER (WHERE csat = 5)::int4 AS csat_5,
           count(*) FILTER (WHERE ces = 1)::int4 AS ces_1, count(*) FILTER (WHERE ces = 2)::int4 AS ces_2,
           count(*) FILTER (WHERE ces = 3)::int4 AS ces_3, count(*) FILTER (WHERE ces = 4)::int4 AS ces_4,
           count(*) FILTER (WHERE ces = 5)::int4 AS ces_5, count(*) FILTER (WHERE ces = 6)::int4 AS ces_6,
           count(*) FILTER (WHERE ces = 7)::int4 AS ces_7
    FROM (
        SELECT project_id, unnest(quarters) AS quarter, unnest(cells) AS cell_id,
               unnest(nps) AS nps, unnest(csat) AS csat, unnest(ces) AS ces, unnest(tests) AS is_test
        FROM taken
    ) AS answer
    WHERE NOT is_test
    GROUP BY project_id, quarter, cell_id
), added AS (
    INSERT INTO rollup_quarter AS r (project_id, quarter, cell_id, slot,
        nps_0, nps_1, nps_2, nps_3, nps_4, nps_5, nps_6, nps_7, nps_8, nps_9, nps_10,
        csat_1, csat_2, csat_3, csat_4, csat_5,
        ces_1, ces_2, ces_3, ces_4, ces_5, ces_6, ces_7)
    SELECT project_id, quarter, cell_id, -1,
        nps_0, nps_1, nps_2, nps_3, nps_4, nps_5, nps_6, nps_7, nps_8, nps_9, nps_10,
        csat_1, csat_2, csat_3, csat_4, csat_5,
        ces_1, ces_2, ces_3, ces_4, ces_5, ces_6, ces_7
    FROM counted
    ORDER BY project_id, quarter, cell_id
    ON CONFLICT (project_id, quarter, cell_id, slot) DO UPDATE SET
        nps_0 = r.nps_0 + excluded.nps_0, nps_1 = r.nps_1 + excluded.nps_1, nps_2 = r.nps_2 + excluded.nps_2,
        nps_3 = r.nps_3 + excluded.nps_3, nps_4 = r.nps_4 + excluded.nps_4, nps_5 = r.nps_5 + excluded.nps_5,
        nps_6 = r.nps_6 + excluded.nps_6, nps_7 = r.nps_7 + excluded.nps_7, nps_8 = r.nps_8 + excluded.nps_8,
        nps_9 = r.nps_9 + excluded.nps_9, nps_10 = r.nps_10 + excluded.nps_10, csat_1 = r.csat_1 + excluded.csat_1,
        csat_2 = r.csat_2 + excluded.csat_2, csat_3 = r.csat_3 + excluded.csat_3, csat_4 = r.csat_4 + excluded.csat_4,
        csat_5 = r.csat_5 + excluded.csat_5, ces_1 = r.ces_1 + excluded.ces_1, ces_2 = r.ces_2 + excluded.ces_2,
        ces_3 = r.ces_3 + excluded.ces_3, ces_4 = r.ces_4 + excluded.ces_4, ces_5 = r.ces_5 + excluded.ces_5,
        ces_6 = r.ces_6 + excluded.ces_6, ces_7 = r.ces_7 + excluded.ces_7
), stale AS (
    -- As in response_insert.sql.
    SELECT d.project_id, d.from_quarter
    FROM (SELECT DISTINCT project_id, quarter FROM counted) AS touched
    JOIN rollup_day_state d
        ON d.project_id = touched.project_id AND d.to_quarter > touched.quarter AND d.from_quarter <= touched.quarter
    WHERE NOT d.dirty
    ORDER BY d.project_id, d.from_quarter
    FOR UPDATE OF d
), marked AS (
    UPDATE rollup_day_state d SET dirty = true
    FROM stale
    WHERE d.project_id = stale.project_id AND d.from_quarter = stale.from_quarter
)
SELECT count(*) FROM taken
