-- Up to $4 cells of project $1 that have counters in several slots in a quarter from $2 to before $3 are left with one row, in slot
-- -1, which no writer leases. Rows are locked by key, as every writer does; sums stay what they were. A writer that waits for
-- a row which goes makes a new one.
WITH spread AS (
    SELECT quarter, cell_id
    FROM rollup_quarter
    WHERE project_id = $1::int4 AND quarter >= $2::int4 AND quarter < $3::int4
    GROUP BY quarter, cell_id
    HAVING count(*) > 1
    ORDER BY quarter, cell_id
    LIMIT $4::int4
), locked AS (
    SELECT r.quarter, r.cell_id, r.slot
    FROM spread s
    JOIN rollup_quarter r ON r.project_id = $1 AND r.quarter = s.quarter AND r.cell_id = s.cell_id
    WHERE r.slot <> -1
    ORDER BY r.quarter, r.cell_id, r.slot
    FOR UPDATE OF r
), taken AS (
    DELETE FROM rollup_quarter r
    USING locked l
    WHERE r.project_id = $1 AND r.quarter = l.quarter AND r.cell_id = l.cell_id AND r.slot = l.slot
    RETURNING r.*
), summed AS (
    SELECT quarter, cell_id,
           sum(nps_0)::int4 AS nps_0, sum(nps_1)::int4 AS nps_1, sum(nps_2)::int4 AS nps_2,
           sum(nps_3)::int4 AS nps_3, sum(nps_4)::int4 AS nps_4, sum(nps_5)::int4 AS nps_5,
           sum(nps_6)::int4 AS nps_6, sum(nps_7)::int4 AS nps_7, sum(nps_8)::int4 AS nps_8,
           sum(nps_9)::int4 AS nps_9, sum(nps_10)::int4 AS nps_10, sum(csat_1)::int4 AS csat_1,
           sum(csat_2)::int4 AS csat_2, sum(csat_3)::int4 AS csat_3, sum(csat_4)::int4 AS csat_4,
           sum(csat_5)::int4 AS csat_5, sum(ces_1)::int4 AS ces_1, sum(ces_2)::int4 AS ces_2,
           sum(ces_3)::int4 AS ces_3, sum(ces_4)::int4 AS ces_4, sum(ces_5)::int4 AS ces_5,
           sum(ces_6)::int4 AS ces_6, sum(ces_7)::int4 AS ces_7
    FROM taken
    GROUP BY quarter, cell_id
), folded AS (
    INSERT INTO rollup_quarter AS r (project_id, quarter, cell_id, slot,
        nps_0, nps_1, nps_2, nps_3, nps_4, nps_5, nps_6, nps_7, nps_8, nps_9, nps_10,
        csat_1, csat_2, csat_3, csat_4, csat_5, ces_1, ces_2, ces_3, ces_4, ces_5, ces_6,
        ces_7)
    SELECT $1, quarter, cell_id, -1,
        nps_0, nps_1, nps_2, nps_3, nps_4, nps_5, nps_6, nps_7, nps_8, nps_9, nps_10,
        csat_1, csat_2, csat_3, csat_4, csat_5, ces_1, ces_2, ces_3, ces_4, ces_5, ces_6,
        ces_7
    FROM summed
    ORDER BY quarter, cell_id
    ON CONFLICT (project_id, quarter, cell_id, slot) DO UPDATE SET
        nps_0 = r.nps_0 + excluded.nps_0, nps_1 = r.nps_1 + excluded.nps_1, nps_2 = r.nps_2 + excluded.nps_2,
        nps_3 = r.nps_3 + excluded.nps_3, nps_4 = r.nps_4 + excluded.nps_4, nps_5 = r.nps_5 + excluded.nps_5,
        nps_6 = r.nps_6 + excluded.nps_6, nps_7 = r.nps_7 + excluded.nps_7, nps_8 = r.nps_8 + excluded.nps_8,
        nps_9 = r.nps_9 + excluded.nps_9, nps_10 = r.nps_10 + excluded.nps_10, csat_1 = r.csat_1 + excluded.csat_1,
        csat_2 = r.csat_2 + excluded.csat_2, csat_3 = r.csat_3 + excluded.csat_3, csat_4 = r.csat_4 + excluded.csat_4,
        csat_5 = r.csat_5 + excluded.csat_5, ces_1 = r.ces_1 + excluded.ces_1, ces_2 = r.ces_2 + excluded.ces_2,
        ces_3 = r.ces_3 + excluded.ces_3, ces_4 = r.ces_4 + excluded.ces_4, ces_5 = r.ces_5 + excluded.ces_5,
        ces_6 = r.ces_6 + excluded.ces_6, ces_7 = r.ces_7 + excluded.ces_7
)
SELECT count(*) FROM spread
