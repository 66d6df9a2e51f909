-- Project $1 from the quarter $2 on: the days that the day copy holds against their quarters. Columns as verify_quarters.
WITH day AS MATERIALIZED (
    SELECT from_quarter, to_quarter
    FROM rollup_day_state
    WHERE project_id = $1::int4 AND from_quarter >= $2::int4 AND filled AND NOT dirty
), counted AS (
    SELECT day.from_quarter AS quarter, r.cell_id,
           ARRAY[sum(r.nps_0), sum(r.nps_1), sum(r.nps_2), sum(r.nps_3), sum(r.nps_4), sum(r.nps_5),
                 sum(r.nps_6), sum(r.nps_7), sum(r.nps_8), sum(r.nps_9), sum(r.nps_10),
                 sum(r.csat_1), sum(r.csat_2), sum(r.csat_3), sum(r.csat_4), sum(r.csat_5),
                 sum(r.ces_1), sum(r.ces_2), sum(r.ces_3), sum(r.ces_4), sum(r.ces_5), sum(r.ces_6),
                 sum(r.ces_7)] AS counts
    FROM day
    JOIN rollup_quarter r ON r.project_id = $1 AND r.quarter >= day.from_quarter AND r.quarter < day.to_quarter
    GROUP BY day.from_quarter, r.cell_id
), held AS (
    SELECT r.from_quarter AS quarter, r.cell_id,
           ARRAY[r.nps_0::int8, r.nps_1::int8, r.nps_2::int8, r.nps_3::int8, r.nps_4::int8, r.nps_5::int8,
                 r.nps_6::int8, r.nps_7::int8, r.nps_8::int8, r.nps_9::int8, r.nps_10::int8,
                 r.csat_1::int8, r.csat_2::int8, r.csat_3::int8, r.csat_4::int8, r.csat_5::int8,
                 r.ces_1::int8, r.ces_2::int8, r.ces_3::int8, r.ces_4::int8, r.ces_5::int8, r.ces_6::int8,
                 r.ces_7::int8] AS counts
    FROM day
    JOIN rollup_day r ON r.project_id = $1 AND r.from_quarter = day.from_quarter
), pair AS MATERIALIZED (
    SELECT quarter, cell_id, 0::int8 AS rows,
           coalesce(held.counts, array_fill(0::int8, '{23}')) AS stored,
           coalesce(counted.counts, array_fill(0::int8, '{23}')) AS truth
    FROM counted
    FULL JOIN held USING (quarter, cell_id)
), totals AS (
    SELECT coalesce(sum(rows), 0)::int8 AS rows, count(*) * 23 AS counters FROM pair
), different AS (
    SELECT pair.quarter, pair.cell_id, c.position::int4 AS position, c.stored, c.truth, count(*) OVER () AS differences
    FROM pair
    CROSS JOIN unnest(pair.stored, pair.truth) WITH ORDINALITY AS c (stored, truth, position)
    WHERE pair.stored <> pair.truth AND c.stored <> c.truth
    ORDER BY quarter, cell_id, position
    LIMIT $3::int4
)
SELECT totals.rows, totals.counters, coalesce(different.differences, 0) AS differences,
       different.quarter, different.cell_id, different.position, different.stored, different.truth
FROM totals
LEFT JOIN different ON true
