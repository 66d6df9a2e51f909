-- Project $1 from the quarter $2 on: the days that are kept summed up, as day_copy_packs.sql makes them, against rollup_day. Columns as
-- verify_quarters, with the grouping in place of a cell.
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
), day AS MATERIALIZED (
    SELECT from_quarter
    FROM rollup_day_state
    WHERE project_id = $1::int4 AND from_quarter >= $2::int4 AND filled AND grouped AND NOT dirty
), by_cell AS (
    SELECT c.survey_id::int8 | (c.channel_id::int8 << 16) | (c.region_id::int8 << 32)
               | (c.touchpoint_id::int8 << 48) AS key_1,
           c.product_id::int8 | (c.segment_id::int8 << 16) | (c.declared_1_id::int8 << 32)
               | (c.declared_2_id::int8 << 48) AS key_2,
           c.declared_3_id::int8 | (c.declared_4_id::int8 << 16) | (c.country_id::int8 << 32) AS key_3,
           r.*
    FROM day
    JOIN rollup_day r ON r.project_id = $1 AND r.from_quarter = day.from_quarter
    JOIN cell c ON c.project_id = r.project_id AND c.id = r.cell_id
), counted AS (
    SELECT r.from_quarter AS quarter, a.grouping, r.key_1 & a.mask_1 AS key_1, r.key_2 & a.mask_2 AS key_2,
           r.key_3 & a.mask_3 AS key_3,
           ARRAY[sum(r.nps_0), sum(r.nps_1), sum(r.nps_2), sum(r.nps_3), sum(r.nps_4), sum(r.nps_5), sum(r.nps_6),
                 sum(r.nps_7), sum(r.nps_8), sum(r.nps_9), sum(r.nps_10), sum(r.csat_1), sum(r.csat_2), sum(r.csat_3),
                 sum(r.csat_4), sum(r.csat_5), sum(r.ces_1), sum(r.ces_2), sum(r.ces_3), sum(r.ces_4), sum(r.ces_5),
                 sum(r.ces_6), sum(r.ces_7)] AS counts
    FROM by_cell r
    CROSS JOIN asked a
    GROUP BY r.from_quarter, a.grouping, r.key_1 & a.mask_1, r.key_2 & a.mask_2, r.key_3 & a.mask_3
), few AS (
    SELECT quarter, grouping FROM counted GROUP BY quarter, grouping HAVING count(*) <= 1000
), pack AS (
    -- Fetched once: || makes a value in memory of one that lies apart.
    SELECT r.from_quarter AS quarter, r.grouping, r.groups || ''::bytea AS groups
    FROM day
    JOIN rollup_day_pack r ON r.project_id = $1 AND r.from_quarter = day.from_quarter
    OFFSET 0
), number AS (
    SELECT quarter, grouping, g, field.position,
           ('x' || encode(substr(groups, g * 116 + field.at + 1, field.size), 'hex'))::bit(64) AS bits
    FROM pack
    CROSS JOIN LATERAL generate_series(0, length(groups) / 116 - 1) AS g
    CROSS JOIN (
        SELECT i - 3 AS position, i * 8 AS at, 8 AS size FROM generate_series(0, 2) AS i
        UNION ALL
        SELECT i, 24 + i * 4, 4 FROM generate_series(0, 22) AS i
    ) AS field
), held AS (
    SELECT quarter, grouping,
           max(bits::int8) FILTER (WHERE position = -3) AS key_1,
           max(bits::int8) FILTER (WHERE position = -2) AS key_2,
           max(bits::int8) FILTER (WHERE position = -1) AS key_3,
           array_agg(bits::bit(32)::int4::int8 ORDER BY position) FILTER (WHERE position >= 0) AS counts
    FROM number
    GROUP BY quarter, grouping, g
), pair AS MATERIALIZED (
    SELECT quarter, grouping, key_1, key_2, key_3, coalesce(held.counts, array_fill(0::int8, '{23}')) AS stored,
           coalesce(counted.counts, array_fill(0::int8, '{23}')) AS truth
    FROM (SELECT * FROM counted JOIN few USING (quarter, grouping)) AS counted
    FULL JOIN held USING (quarter, grouping, key_1, key_2, key_3)
), totals AS (
    SELECT count(*) * 23 AS counters FROM pair
), different AS (
    SELECT pair.quarter, pair.grouping, c.position::int4 AS position, c.stored, c.truth, count(*) OVER () AS differences
    FROM pair
    CROSS JOIN unnest(pair.stored, pair.truth) WITH ORDINALITY AS c (stored, truth, position)
    WHERE pair.stored <> pair.truth AND c.stored <> c.truth
    ORDER BY quarter, grouping, key_1, key_2, key_3, position
    LIMIT $3::int4
)
SELECT 0::int8 AS rows, totals.counters, coalesce(different.differences, 0) AS differences,
       different.quarter, different.grouping, different.position, different.stored, different.truth
FROM totals
LEFT JOIN different ON true
