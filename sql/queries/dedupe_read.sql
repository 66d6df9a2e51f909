-- Counts as rollup_read.sql has them ($1 to $11), from rows: of a customer's answers to a question the first, or with $12 the
-- last, by time and id, in each bucket of $4; answers without a customer each. What the filters take out is not looked at.
-- Also counted are answers to the definitions ($13, $14), a project and an id each, of which those with one number in $15 are
-- answers to one question; built-in questions may be among them. The column definition has their place in that list. Of these, answers to the
-- definitions $17 of projects $16 are not looked at in the surveys $18. Planned as rollup_read.sql.
-- Set: enable_sort = off, enable_mergejoin = off, work_mem = '16MB', plan_cache_mode = force_generic_plan
WITH wanted AS MATERIALIZED (
    SELECT p.id AS project_id, w.dimension, coalesce(v.id, 0) AS id
    FROM unnest($1::int4[]) AS p (id)
    CROSS JOIN unnest($9::int2[], $10::text[]) AS w (dimension, value)
    LEFT JOIN dimension_value v ON v.project_id = p.id AND v.dimension = w.dimension AND v.value = w.value
    WHERE v.id IS NOT NULL OR w.value IS NULL
), chosen AS MATERIALIZED (
    SELECT c.project_id, c.id,
           $5::int8 & (c.survey_id::int8 | (c.channel_id::int8 << 16) | (c.region_id::int8 << 32)
                       | (c.touchpoint_id::int8 << 48)) AS key_1,
           $6::int8 & (c.product_id::int8 | (c.segment_id::int8 << 16) | (c.declared_1_id::int8 << 32)
                       | (c.declared_2_id::int8 << 48)) AS key_2,
           $7::int8 & (c.declared_3_id::int8 | (c.declared_4_id::int8 << 16) | (c.country_id::int8 << 32)) AS key_3
    FROM cell c
    WHERE c.project_id = ANY ($1)
      -- CASE … IS NOT NULL: the planner takes it to let everything through, and hashes these cells. Of eleven conditions in
      -- a row it would expect one cell, and loop over the counts for each of many.
      AND CASE WHEN ($8 & 1 = 0 OR (c.project_id, c.survey_id) IN (SELECT project_id, id FROM wanted WHERE dimension = 0))
               AND ($8 & 2 = 0 OR (c.project_id, c.channel_id) IN (SELECT project_id, id FROM wanted WHERE dimension = 1))
               AND ($8 & 4 = 0 OR (c.project_id, c.region_id) IN (SELECT project_id, id FROM wanted WHERE dimension = 2))
               AND ($8 & 8 = 0 OR (c.project_id, c.touchpoint_id) IN (SELECT project_id, id FROM wanted WHERE dimension = 3))
               AND ($8 & 16 = 0 OR (c.project_id, c.product_id) IN (SELECT project_id, id FROM wanted WHERE dimension = 4))
               AND ($8 & 32 = 0 OR (c.project_id, c.segment_id) IN (SELECT project_id, id FROM wanted WHERE dimension = 5))
               AND ($8 & 64 = 0 OR (c.project_id, c.declared_1_id) IN (SELECT project_id, id FROM wanted WHERE dimension = 6))
               AND ($8 & 128 = 0 OR (c.project_id, c.declared_2_id) IN (SELECT project_id, id FROM wanted WHERE dimension = 7))
               AND ($8 & 256 = 0 OR (c.project_id, c.declared_3_id) IN (SELECT project_id, id FROM wanted WHERE dimension = 8))
               AND ($8 & 512 = 0 OR (c.project_id, c.declared_4_id) IN (SELECT project_id, id FROM wanted WHERE dimension = 9))
               AND ($8 & 1024 = 0 OR (c.project_id, c.country_id) IN (SELECT project_id, id FROM wanted WHERE dimension = 10))
          THEN true END IS NOT NULL
), numbered AS (
    SELECT r.*
    FROM unnest($1) AS p (id)
    CROSS JOIN LATERAL (
        -- In the order of the index response_by_time: nothing is sorted.
        SELECT project_id, customer_id, nps, csat, ces, answers, cell_id, is_test OR excluded AS is_out,
               coalesce(width_bucket(quarter, $4::int4[]) - 1, 0) AS bucket,
               CASE WHEN $12::bool THEN -1 ELSE 1 END * row_number() OVER (ORDER BY occurred_at, id) AS place
        FROM response
        WHERE project_id = p.id
          AND occurred_at >= to_timestamp($2::int4 * 900.0) AND occurred_at < to_timestamp($3::int4 * 900.0)
        OFFSET 0
    ) AS r
    WHERE NOT is_out
      AND ($8 = 0 OR (r.project_id::int8 << 32) | r.cell_id IN (SELECT (project_id::int8 << 32) | id FROM chosen))
), customer AS (
    -- An answer is one number: 32 bits its place in time, 26 its cell, 5 its counter. So the least is the one that counts, and
    -- the three questions are settled in one pass.
    SELECT project_id, bucket,
           min((place << 31) | (cell_id << 5) | nps) AS nps,
           min((place << 31) | (cell_id << 5) | (csat + 10)) AS csat,
           min((place << 31) | (cell_id << 5) | (ces + 15)) AS ces
    FROM numbered
    GROUP BY project_id, bucket, customer_id, CASE WHEN customer_id IS NULL THEN place END
), counted AS (
    SELECT project_id, bucket, answer >> 5 AS cell_id, answer & 31 AS counter, count(*) AS n
    FROM (
        SELECT project_id, bucket, (unnest(ARRAY[nps, csat, ces]) & 2147483647)::int4 AS answer FROM customer
    ) AS kept
    WHERE answer IS NOT NULL
    GROUP BY project_id, bucket, answer
), asked AS MATERIALIZED (
    SELECT a.project_id, a.id, a.question, a.place::int4 - 1 AS place, d.scale_min
    FROM unnest($13::int4[], $14::int4[], $15::int4[]) WITH ORDINALITY AS a (project_id, id, question, place)
    JOIN question_definition d ON d.id = a.id AND d.project_id = CASE WHEN a.id <= 100 THEN 0 ELSE a.project_id END
), left_out AS MATERIALIZED (
    SELECT c.project_id, c.id AS cell_id, o.definition_id
    FROM unnest($16::int4[], $17::int4[], $18::text[]) AS o (project_id, definition_id, survey)
    JOIN dimension_value v ON v.project_id = o.project_id AND v.dimension = 0 AND v.value = o.survey
    JOIN cell c ON c.project_id = v.project_id AND c.survey_id = v.id
), first_answer AS (
    -- The least of the arrays, by their first number: the place in time.
    SELECT n.project_id, n.bucket, min(ARRAY[n.place, n.cell_id, a.place, s.score - a.scale_min]) AS answer
    FROM numbered n
    CROSS JOIN LATERAL (
        SELECT key::int4 AS id, value::int4 AS score FROM jsonb_each(n.answers)
        UNION ALL
        SELECT id, score FROM (VALUES (1, n.nps), (2, n.csat), (3, n.ces)) AS b (id, score) WHERE score IS NOT NULL
    ) AS s
    JOIN asked a ON a.project_id = n.project_id AND a.id = s.id
    WHERE $13 IS NOT NULL AND (n.project_id, n.cell_id, s.id) NOT IN (SELECT project_id, cell_id, definition_id FROM left_out)
    GROUP BY n.project_id, n.bucket, a.question, n.customer_id, CASE WHEN n.customer_id IS NULL THEN n.place END
), counted_answer AS (
    SELECT project_id, bucket, answer[2]::int4 AS cell_id, answer[3]::int4 AS place, answer[4] AS i, count(*) AS n
    FROM first_answer
    GROUP BY project_id, bucket, answer[2], answer[3], answer[4]
)
SELECT n.project_id, c.key_1, c.key_2, c.key_3, n.bucket, NULL::int4 AS definition,
       ARRAY[coalesce(sum(n.n) FILTER (WHERE n.counter = 0), 0), coalesce(sum(n.n) FILTER (WHERE n.counter = 1), 0),
             coalesce(sum(n.n) FILTER (WHERE n.counter = 2), 0), coalesce(sum(n.n) FILTER (WHERE n.counter = 3), 0),
             coalesce(sum(n.n) FILTER (WHERE n.counter = 4), 0), coalesce(sum(n.n) FILTER (WHERE n.counter = 5), 0),
             coalesce(sum(n.n) FILTER (WHERE n.counter = 6), 0), coalesce(sum(n.n) FILTER (WHERE n.counter = 7), 0),
             coalesce(sum(n.n) FILTER (WHERE n.counter = 8), 0), coalesce(sum(n.n) FILTER (WHERE n.counter = 9), 0),
             coalesce(sum(n.n) FILTER (WHERE n.counter = 10), 0), coalesce(sum(n.n) FILTER (WHERE n.counter = 11), 0),
             coalesce(sum(n.n) FILTER (WHERE n.counter = 12), 0), coalesce(sum(n.n) FILTER (WHERE n.counter = 13), 0),
             coalesce(sum(n.n) FILTER (WHERE n.counter = 14), 0), coalesce(sum(n.n) FILTER (WHERE n.counter = 15), 0),
             coalesce(sum(n.n) FILTER (WHERE n.counter = 16), 0), coalesce(sum(n.n) FILTER (WHERE n.counter = 17), 0),
             coalesce(sum(n.n) FILTER (WHERE n.counter = 18), 0), coalesce(sum(n.n) FILTER (WHERE n.counter = 19), 0),
             coalesce(sum(n.n) FILTER (WHERE n.counter = 20), 0), coalesce(sum(n.n) FILTER (WHERE n.counter = 21), 0),
             coalesce(sum(n.n) FILTER (WHERE n.counter = 22), 0)]::int8[] AS counts
FROM counted n
JOIN chosen c ON (c.project_id::int8 << 32) | c.id = (n.project_id::int8 << 32) | n.cell_id
GROUP BY n.project_id, c.key_1, c.key_2, c.key_3, n.bucket
UNION ALL
SELECT n.project_id, c.key_1, c.key_2, c.key_3, n.bucket, n.place AS definition,
       ARRAY[coalesce(sum(n.n) FILTER (WHERE n.i = 0), 0), coalesce(sum(n.n) FILTER (WHERE n.i = 1), 0),
             coalesce(sum(n.n) FILTER (WHERE n.i = 2), 0), coalesce(sum(n.n) FILTER (WHERE n.i = 3), 0),
             coalesce(sum(n.n) FILTER (WHERE n.i = 4), 0), coalesce(sum(n.n) FILTER (WHERE n.i = 5), 0),
             coalesce(sum(n.n) FILTER (WHERE n.i = 6), 0), coalesce(sum(n.n) FILTER (WHERE n.i = 7), 0),
             coalesce(sum(n.n) FILTER (WHERE n.i = 8), 0), coalesce(sum(n.n) FILTER (WHERE n.i = 9), 0),
             coalesce(sum(n.n) FILTER (WHERE n.i = 10), 0)]::int8[] AS counts
FROM counted_answer n
JOIN chosen c ON (c.project_id::int8 << 32) | c.id = (n.project_id::int8 << 32) | n.cell_id
GROUP BY n.project_id, c.key_1, c.key_2, c.key_3, n.bucket, n.place
LIMIT $11::int4
