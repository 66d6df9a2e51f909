-- Scores that rollup_quarter does not hold yet. To add them to its counters takes PostgreSQL longer than to store the answers, for in
-- a batch of some hundred nearly each has a cell of its own. So a batch leaves its scores here, a row for each project, in the
-- transaction that stores it, and its committer adds up those of many batches at once, some twenty times a second. Whoever reads
-- counts reads both, rollup_quarter and what the views below tell, in one statement.
CREATE TABLE rollup_pending (
    project_id integer NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    added_at timestamptz NOT NULL DEFAULT now(),
    -- An element for each answer.
    quarters integer[] NOT NULL,
    cells integer[] NOT NULL,
    nps smallint[] NOT NULL,
    csat smallint[] NOT NULL,
    ces smallint[] NOT NULL,
    tests boolean[] NOT NULL, -- sent with a test key: part of no number
    PRIMARY KEY (project_id, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, vacuum_truncate = off);
-- Packing takes longer than a row is there.
ALTER TABLE rollup_pending ALTER quarters SET STORAGE EXTERNAL, ALTER cells SET STORAGE EXTERNAL,
    ALTER nps SET STORAGE EXTERNAL, ALTER csat SET STORAGE EXTERNAL, ALTER ces SET STORAGE EXTERNAL,
    ALTER tests SET STORAGE EXTERNAL;
-- In the form of 0014: statements name their projects themselves.
ALTER TABLE rollup_pending ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON rollup_pending USING ((project_id <> ALL ((SELECT open_projects())::integer[])) IS FALSE);

-- An answer a row. unnest in a list of expressions streams; in FROM it is stored first.
CREATE VIEW rollup_pending_answer WITH (security_invoker = true) AS
SELECT project_id, quarter, cell_id, nps, csat, ces
FROM (
    SELECT project_id, unnest(quarters) AS quarter, unnest(cells) AS cell_id,
           unnest(nps) AS nps, unnest(csat) AS csat, unnest(ces) AS ces, unnest(tests) AS is_test
    FROM rollup_pending
) AS answer
WHERE NOT is_test;

-- In the shape of rollup_quarter.
CREATE VIEW rollup_pending_quarter WITH (security_invoker = true) AS
SELECT project_id, quarter, cell_id, (-2)::smallint AS slot,
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
FROM rollup_pending_answer
GROUP BY project_id, quarter, cell_id;
