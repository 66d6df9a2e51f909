-- The day from $2 of project $1, as rollup_day has it, by each of the groupings that rollup_read takes.
INSERT INTO rollup_day_group (project_id, from_quarter, grouping, key_1, key_2, key_3,
        nps_0, nps_1, nps_2, nps_3, nps_4, nps_5, nps_6, nps_7, nps_8, nps_9, nps_10, csat_1, csat_2, csat_3, csat_4,
        csat_5, ces_1, ces_2, ces_3, ces_4, ces_5, ces_6, ces_7)
WITH one AS (
    -- The mask of each dimension's 16 bits, in one of the three keys.
    SELECT 1 << d AS grouping,
           CASE WHEN d / 4 = 0 THEN 65535::int8 << (d % 4 * 16) ELSE 0 END AS mask_1,
           CASE WHEN d / 4 = 1 THEN 65535::int8 << (d % 4 * 16) ELSE 0 END AS mask_2,
           CASE WHEN d / 4 = 2 THEN 65535::int8 << (d % 4 * 16) ELSE 0 END AS mask_3
    FROM generate_series(0, 10) AS d
), asked AS (
    SELECT * FROM one
    UNION ALL
    SELECT 0, 0, 0, 0
    UNION ALL
    SELECT 6, sum(mask_1)::int8, 0, 0 FROM one WHERE grouping IN (2, 4)
), counted AS (
    SELECT c.survey_id::int8 | (c.channel_id::int8 << 16) | (c.region_id::int8 << 32)
               | (c.touchpoint_id::int8 << 48) AS key_1,
           c.product_id::int8 | (c.segment_id::int8 << 16) | (c.declared_1_id::int8 << 32)
               | (c.declared_2_id::int8 << 48) AS key_2,
           c.declared_3_id::int8 | (c.declared_4_id::int8 << 16) | (c.country_id::int8 << 32) AS key_3,
           r.*
    FROM rollup_day r
    JOIN cell c ON c.project_id = r.project_id AND c.id = r.cell_id
    WHERE r.project_id = $1::int4 AND r.from_quarter = $2::int4
)
SELECT $1, $2, asked.grouping, r.key_1 & asked.mask_1, r.key_2 & asked.mask_2, r.key_3 & asked.mask_3,
       sum(r.nps_0), sum(r.nps_1), sum(r.nps_2), sum(r.nps_3), sum(r.nps_4), sum(r.nps_5), sum(r.nps_6),
       sum(r.nps_7), sum(r.nps_8), sum(r.nps_9), sum(r.nps_10), sum(r.csat_1), sum(r.csat_2), sum(r.csat_3),
       sum(r.csat_4), sum(r.csat_5), sum(r.ces_1), sum(r.ces_2), sum(r.ces_3), sum(r.ces_4), sum(r.ces_5),
       sum(r.ces_6), sum(r.ces_7)
FROM counted r
CROSS JOIN asked
GROUP BY asked.grouping, r.key_1 & asked.mask_1, r.key_2 & asked.mask_2, r.key_3 & asked.mask_3
