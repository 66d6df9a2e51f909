-- The day from $2 of project $1, as rollup_day has it, by each of the groupings that rollup_read_packs takes; but not where it has more
-- than 1,000 groups: a year of them would be too much to hand over.
INSERT INTO rollup_day_pack (project_id, from_quarter, grouping, groups)
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
), summed AS (
    SELECT asked.grouping, r.key_1 & asked.mask_1 AS key_1, r.key_2 & asked.mask_2 AS key_2, r.key_3 & asked.mask_3 AS key_3,
           sum(r.nps_0)::int4 AS nps_0, sum(r.nps_1)::int4 AS nps_1, sum(r.nps_2)::int4 AS nps_2,
           sum(r.nps_3)::int4 AS nps_3, sum(r.nps_4)::int4 AS nps_4, sum(r.nps_5)::int4 AS nps_5,
           sum(r.nps_6)::int4 AS nps_6, sum(r.nps_7)::int4 AS nps_7, sum(r.nps_8)::int4 AS nps_8,
           sum(r.nps_9)::int4 AS nps_9, sum(r.nps_10)::int4 AS nps_10, sum(r.csat_1)::int4 AS csat_1,
           sum(r.csat_2)::int4 AS csat_2, sum(r.csat_3)::int4 AS csat_3, sum(r.csat_4)::int4 AS csat_4,
           sum(r.csat_5)::int4 AS csat_5, sum(r.ces_1)::int4 AS ces_1, sum(r.ces_2)::int4 AS ces_2,
           sum(r.ces_3)::int4 AS ces_3, sum(r.ces_4)::int4 AS ces_4, sum(r.ces_5)::int4 AS ces_5,
           sum(r.ces_6)::int4 AS ces_6, sum(r.ces_7)::int4 AS ces_7
    FROM counted r
    CROSS JOIN asked
    GROUP BY asked.grouping, r.key_1 & asked.mask_1, r.key_2 & asked.mask_2, r.key_3 & asked.mask_3
)
SELECT $1, $2, grouping,
       string_agg(int8send(key_1) || int8send(key_2) || int8send(key_3)
                  || int4send(nps_0) || int4send(nps_1) || int4send(nps_2) || int4send(nps_3) || int4send(nps_4)
                  || int4send(nps_5) || int4send(nps_6) || int4send(nps_7) || int4send(nps_8) || int4send(nps_9)
                  || int4send(nps_10) || int4send(csat_1) || int4send(csat_2) || int4send(csat_3) || int4send(csat_4)
                  || int4send(csat_5) || int4send(ces_1) || int4send(ces_2) || int4send(ces_3) || int4send(ces_4)
                  || int4send(ces_5) || int4send(ces_6) || int4send(ces_7),
                  ''::bytea ORDER BY key_1, key_2, key_3)
FROM summed
GROUP BY grouping
HAVING count(*) <= 1000
