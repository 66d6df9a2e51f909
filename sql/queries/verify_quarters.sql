-- Project $1 from the quarter $2 on: the counters of the quarters against what the rows say. The first $3 differences; the
-- totals in each row, and in one row without a difference where there is none.
WITH counted AS (
    SELECT quarter, cell_id, count(*) AS rows,
           ARRAY[count(*) FILTER (WHERE nps = 0), count(*) FILTER (WHERE nps = 1), count(*) FILTER (WHERE nps = 2),
                 count(*) FILTER (WHERE nps = 3), count(*) FILTER (WHERE nps = 4), count(*) FILTER (WHERE nps = 5),
                 count(*) FILTER (WHERE nps = 6), count(*) FILTER (WHERE nps = 7), count(*) FILTER (WHERE nps = 8),
                 count(*) FILTER (WHERE nps = 9), count(*) FILTER (WHERE nps = 10),
                 count(*) FILTER (WHERE csat = 1), count(*) FILTER (WHERE csat = 2), count(*) FILTER (WHERE csat = 3),
                 count(*) FILTER (WHERE csat = 4), count(*) FILTER (WHERE csat = 5),
                 count(*) FILTER (WHERE ces = 1), count(*) FILTER (WHERE ces = 2), count(*) FILTER (WHERE ces = 3),
                 count(*) FILTER (WHERE ces = 4), count(*) FILTER (WHERE ces = 5), count(*) FILTER (WHERE ces = 6),
                 count(*) FILTER (WHERE ces = 7)] AS counts
    FROM response
    WHERE project_id = $1::int4 AND quarter >= $2::int4 AND NOT is_test AND NOT excluded
    GROUP BY quarter, cell_id
), held AS (
    SELECT quarter, cell_id,
           ARRAY[sum(nps_0), sum(nps_1), sum(nps_2), sum(nps_3), sum(nps_4), sum(nps_5),
                 sum(nps_6), sum(nps_7), sum(nps_8), sum(nps_9), sum(nps_10),
                 sum(csat_1), sum(csat_2), sum(csat_3), sum(csat_4), sum(csat_5),
                 sum(ces_1), sum(ces_2), sum(ces_3), sum(ces_4), sum(ces_5), sum(ces_6),
                 sum(ces_7)] AS counts
    FROM (SELECT * FROM rollup_quarter UNION ALL SELECT * FROM rollup_pending_quarter) AS r
    WHERE project_id = $1 AND quarter >= $2
    GROUP BY quarter, cell_id
), pair AS MATERIALIZED (
    SELECT quarter, cell_id, counted.rows,
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
