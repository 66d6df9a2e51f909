-- As verify_days.sql, of the questions that are not built in. Columns as verify_question_quarters.
WITH day AS MATERIALIZED (
    SELECT from_quarter, to_quarter
    FROM rollup_day_state
    WHERE project_id = $1::int4 AND from_quarter >= $2::int4 AND filled AND NOT dirty
), counted AS (
    SELECT day.from_quarter AS quarter, r.cell_id, r.definition_id,
           ARRAY[sum(r.n_0), sum(r.n_1), sum(r.n_2), sum(r.n_3),
                 sum(r.n_4), sum(r.n_5), sum(r.n_6), sum(r.n_7),
                 sum(r.n_8), sum(r.n_9), sum(r.n_10)] AS counts
    FROM day
    JOIN rollup_question_quarter r ON r.project_id = $1 AND r.quarter >= day.from_quarter AND r.quarter < day.to_quarter
    GROUP BY day.from_quarter, r.cell_id, r.definition_id
), held AS (
    SELECT r.from_quarter AS quarter, r.cell_id, r.definition_id,
           ARRAY[r.n_0::int8, r.n_1::int8, r.n_2::int8, r.n_3::int8,
                 r.n_4::int8, r.n_5::int8, r.n_6::int8, r.n_7::int8,
                 r.n_8::int8, r.n_9::int8, r.n_10::int8] AS counts
    FROM day
    JOIN rollup_question_day r ON r.project_id = $1 AND r.from_quarter = day.from_quarter
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
