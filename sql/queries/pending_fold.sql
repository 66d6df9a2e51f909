-- Rows $2 of rollup_pending, of the projects $1, go into the counters of slot $3; the caller knows what they hold and brings it
-- added up: four counters of 15 bits to a number, for an array for each would take as long as an update. Should one of the rows be gone
-- (the keeper takes those that are old) nothing is done, and the statement fails with division by zero. The commit waits
-- for no disk: it is lost as a whole or not at all, and if it is, the rows are there again.
WITH taken AS (
    -- By pairs: of two lists PostgreSQL would look up each project with each id.
    DELETE FROM rollup_pending p
    USING unnest($1::int4[], $2::int8[]) AS k (project_id, id)
    WHERE p.project_id = k.project_id AND p.id = k.id
    RETURNING p.id
), counted AS (
    INSERT INTO rollup_quarter AS r (project_id, quarter, cell_id, slot,
        nps_0, nps_1, nps_2, nps_3, nps_4, nps_5, nps_6, nps_7, nps_8, nps_9, nps_10,
        csat_1, csat_2, csat_3, csat_4, csat_5,
        ces_1, ces_2, ces_3, ces_4, ces_5, ces_6, ces_7)
    SELECT project_id, quarter, cell_id, $3::int2,
        (a & 32767)::int4, (a >> 15 & 32767)::int4, (a >> 30 & 32767)::int4, (a >> 45 & 32767)::int4,
        (b & 32767)::int4, (b >> 15 & 32767)::int4, (b >> 30 & 32767)::int4, (b >> 45 & 32767)::int4,
        (c & 32767)::int4, (c >> 15 & 32767)::int4, (c >> 30 & 32767)::int4, (c >> 45 & 32767)::int4,
        (d & 32767)::int4, (d >> 15 & 32767)::int4, (d >> 30 & 32767)::int4, (d >> 45 & 32767)::int4,
        (e & 32767)::int4, (e >> 15 & 32767)::int4, (e >> 30 & 32767)::int4, (e >> 45 & 32767)::int4,
        (f & 32767)::int4, (f >> 15 & 32767)::int4, (f >> 30 & 32767)::int4
    FROM (SELECT unnest($4::int4[]) AS project_id, unnest($5::int4[]) AS quarter, unnest($6::int4[]) AS cell_id,
                 unnest($7::int8[]) AS a, unnest($8::int8[]) AS b, unnest($9::int8[]) AS c,
                 unnest($10::int8[]) AS d, unnest($11::int8[]) AS e, unnest($12::int8[]) AS f) AS delta
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
    FROM (SELECT DISTINCT unnest($4::int4[]) AS project_id, unnest($5::int4[]) AS quarter) AS touched
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
SELECT 1 / (count(*) = cardinality($2))::int4, set_config('synchronous_commit', 'off', true)
FROM taken
