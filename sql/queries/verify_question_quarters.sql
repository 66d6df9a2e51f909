-- As verify_quarters.sql, of the questions that are not built in: score and question in place of a position.
WITH answer AS (
    SELECT r.project_id, r.quarter, r.cell_id, d.id AS definition_id, a.value::int4 - d.scale_min AS i
    FROM response r
    CROSS JOIN LATERAL jsonb_each(r.answers) AS a
    JOIN question_definition d ON d.project_id = r.project_id AND d.id = a.key::int4
    WHERE r.project_id = $1::int4 AND r.quarter >= $2::int4 AND r.answers IS NOT NULL AND NOT r.is_test AND NOT r.excluded
), counted AS (
    SELECT quarter, cell_id, definition_id,
           ARRAY[count(*) FILTER (WHERE i = 0), count(*) FILTER (WHERE i = 1), count(*) FILTER (WHERE i = 2), count(*) FILTER (WHERE i = 3),
                 count(*) FILTER (WHERE i = 4), count(*) FILTER (WHERE i = 5), count(*) FILTER (WHERE i = 6), count(*) FILTER (WHERE i = 7),
                 count(*) FILTER (WHERE i = 8), count(*) FILTER (WHERE i = 9), count(*) FILTER (WHERE i = 10)] AS counts
    FROM answer
    GROUP BY quarter, cell_id, definition_id
), held AS (
    SELECT quarter, cell_id, definition_id,
           ARRAY[sum(n_0), sum(n_1), sum(n_2), sum(n_3),
                 sum(n_4), sum(n_5), sum(n_6), sum(n_7),
                 sum(n_8), sum(n_9), sum(n_10)] AS counts
    FROM rollup_question_quarter
    WHERE project_id = $1 AND quarter >= $2
    GROUP BY quarter, cell_id, definition_id
), pair AS MATERIALIZED (
    SELECT quarter, cell_id, definition_id,
           coalesce(held.counts, array_fill(0::int8, '{11}')) AS stored,
           coalesce(counted.counts, array_fill(0::int8, '{11}')) AS truth
    FROM counted
    FULL JOIN held USING (quarter, cell_id, definition_id)
), totals AS (
    SELECT count(*) * 11 AS counters FROM pair
), different AS (
    SELECT pair.quarter, pair.cell_id, pair.definition_id, c.position::int4 AS position, c.stored, c.truth,
           count(*) OVER () AS differences
    FROM pair
    CROSS JOIN unnest(pair.stored, pair.truth) WITH ORDINALITY AS c (stored, truth, position)
    WHERE pair.stored <> pair.truth AND c.stored <> c.truth
    ORDER BY quarter, cell_id, definition_id, position
    LIMIT $3::int4
)
SELECT 0::int8 AS rows, totals.counters, coalesce(different.differences, 0) AS differences,
       different.quarter, different.cell_id, d.scale_min + different.position - 1 AS score, different.stored,
       different.truth, d.question
FROM totals
LEFT JOIN different ON true
LEFT JOIN question_definition d ON d.project_id = $1 AND d.id = different.definition_id
ORDER BY different.quarter, different.cell_id, different.definition_id, different.position
