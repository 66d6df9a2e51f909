-- Counts of the projects $1 in the quarters from $2 to before $3, summed by dimensions and, unless $4 is NULL, by the bucket
-- whose begin is in $4. A group is three numbers that hold 16 bits a dimension: $5, $6 and $7 are the masks of those that
-- are grouped. The dimensions of the bit mask $8 must have one of the values ($9, $10). Days that the day copy holds, and
-- that lie in the range and in one bucket, are read from it, all else from its quarters. Nothing is read from $12 to before $13
-- (NULL: all is), where two windows far apart are compared. Also counted are answers to the definitions ($14, $15), a
-- project and an id each; the column definition has their place in that list, and NULL for the built-in questions.
-- The planner can't know how many days and cells a question touches, and sorts 200,000 counters where a hash takes half the time. One
-- plan for all questions: planning this anew takes 2 ms.
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
), day AS MATERIALIZED (
    SELECT s.project_id, s.from_quarter, s.to_quarter,
           coalesce(width_bucket(s.from_quarter, $4::int4[]) - 1, 0) AS bucket
    FROM rollup_day_state s
    WHERE s.project_id = ANY ($1) AND s.from_quarter >= $2::int4 AND s.to_quarter <= $3::int4
      AND CASE WHEN s.filled AND NOT s.dirty
                AND ($4 IS NULL OR width_bucket(s.from_quarter, $4) = width_bucket(s.to_quarter - 1, $4))
                AND ($12::int4 IS NULL OR s.to_quarter <= $12 OR s.from_quarter >= $13::int4)
          THEN true END IS NOT NULL
), gap AS MATERIALIZED (
    SELECT project_id, from_quarter, to_quarter
    FROM (
        SELECT project_id, to_quarter AS from_quarter,
               lead(from_quarter, 1, $3) OVER (PARTITION BY project_id ORDER BY from_quarter) AS to_quarter
        FROM (
            SELECT project_id, from_quarter, to_quarter FROM day
            UNION ALL
            SELECT id, $2 - 1, $2 FROM unnest($1) AS p (id)
            UNION ALL
            SELECT id, $12, $13 FROM unnest($1) AS p (id) WHERE $12 IS NOT NULL
        ) AS edge
    ) AS between_days
    WHERE from_quarter < to_quarter
), asked AS MATERIALIZED (
    SELECT project_id, id, place::int4 - 1 AS place
    FROM unnest($14::int4[], $15::int4[]) WITH ORDINALITY AS a (project_id, id, place)
)
-- OFFSET 0: one search of the index for each day and gap, then one hash of the cells, whatever the planner thinks of their
-- numbers.
SELECT r.project_id, c.key_1, c.key_2, c.key_3, r.bucket, NULL::int4 AS definition,
       ARRAY[sum(r.nps_0), sum(r.nps_1), sum(r.nps_2), sum(r.nps_3), sum(r.nps_4), sum(r.nps_5),
             sum(r.nps_6), sum(r.nps_7), sum(r.nps_8), sum(r.nps_9), sum(r.nps_10),
             sum(r.csat_1), sum(r.csat_2), sum(r.csat_3), sum(r.csat_4), sum(r.csat_5),
             sum(r.ces_1), sum(r.ces_2), sum(r.ces_3), sum(r.ces_4), sum(r.ces_5), sum(r.ces_6),
             sum(r.ces_7)] AS counts
FROM (
    SELECT day.bucket, counted.*
    FROM day
    CROSS JOIN LATERAL (
        SELECT * FROM rollup_day WHERE project_id = day.project_id AND from_quarter = day.from_quarter OFFSET 0
    ) AS counted
    OFFSET 0
) AS r
JOIN chosen c ON (c.project_id::int8 << 32) | c.id = (r.project_id::int8 << 32) | r.cell_id
GROUP BY r.project_id, c.key_1, c.key_2, c.key_3, r.bucket
UNION ALL
SELECT r.project_id, c.key_1, c.key_2, c.key_3, coalesce(width_bucket(r.quarter, $4) - 1, 0) AS bucket,
       NULL::int4 AS definition,
       ARRAY[sum(r.nps_0), sum(r.nps_1), sum(r.nps_2), sum(r.nps_3), sum(r.nps_4), sum(r.nps_5),
             sum(r.nps_6), sum(r.nps_7), sum(r.nps_8), sum(r.nps_9), sum(r.nps_10),
             sum(r.csat_1), sum(r.csat_2), sum(r.csat_3), sum(r.csat_4), sum(r.csat_5),
             sum(r.ces_1), sum(r.ces_2), sum(r.ces_3), sum(r.ces_4), sum(r.ces_5), sum(r.ces_6),
             sum(r.ces_7)] AS counts
FROM (
    SELECT counted.*
    FROM gap
    CROSS JOIN LATERAL (
        SELECT *
        FROM rollup_quarter
        WHERE project_id = gap.project_id AND quarter >= gap.from_quarter AND quarter < gap.to_quarter
        OFFSET 0
    ) AS counted
    OFFSET 0
) AS r
JOIN chosen c ON (c.project_id::int8 << 32) | c.id = (r.project_id::int8 << 32) | r.cell_id
GROUP BY r.project_id, c.key_1, c.key_2, c.key_3, bucket
UNION ALL
-- What no counter holds yet, also of days that the copy holds.
SELECT a.project_id, c.key_1, c.key_2, c.key_3, coalesce(width_bucket(a.quarter, $4) - 1, 0) AS bucket,
       NULL::int4 AS definition,
       ARRAY[count(*) FILTER (WHERE a.nps = 0), count(*) FILTER (WHERE a.nps = 1), count(*) FILTER (WHERE a.nps = 2),
             count(*) FILTER (WHERE a.nps = 3), count(*) FILTER (WHERE a.nps = 4), count(*) FILTER (WHERE a.nps = 5),
             count(*) FILTER (WHERE a.nps = 6), count(*) FILTER (WHERE a.nps = 7), count(*) FILTER (WHERE a.nps = 8),
             count(*) FILTER (WHERE a.nps = 9), count(*) FILTER (WHERE a.nps = 10), count(*) FILTER (WHERE a.csat = 1),
             count(*) FILTER (WHERE a.csat = 2), count(*) FILTER (WHERE a.csat = 3), count(*) FILTER (WHERE a.csat = 4),
             count(*) FILTER (WHERE a.csat = 5), count(*) FILTER (WHERE a.ces = 1), count(*) FILTER (WHERE a.ces = 2),
             count(*) FILTER (WHERE a.ces = 3), count(*) FILTER (WHERE a.ces = 4), count(*) FILTER (WHERE a.ces = 5),
             count(*) FILTER (WHERE a.ces = 6), count(*) FILTER (WHERE a.ces = 7)] AS counts
FROM rollup_pending_answer a
JOIN chosen c ON (c.project_id::int8 << 32) | c.id = (a.project_id::int8 << 32) | a.cell_id
WHERE a.project_id = ANY ($1) AND a.quarter >= $2 AND a.quarter < $3
  AND ($12 IS NULL OR a.quarter < $12 OR a.quarter >= $13)
GROUP BY a.project_id, c.key_1, c.key_2, c.key_3, bucket
UNION ALL
SELECT r.project_id, c.key_1, c.key_2, c.key_3, r.bucket, a.place AS definition,
       ARRAY[sum(r.n_0), sum(r.n_1), sum(r.n_2), sum(r.n_3), sum(r.n_4), sum(r.n_5),
             sum(r.n_6), sum(r.n_7), sum(r.n_8), sum(r.n_9), sum(r.n_10)] AS counts
FROM (
    SELECT day.bucket, counted.*
    FROM day
    CROSS JOIN LATERAL (
        SELECT * FROM rollup_question_day WHERE project_id = day.project_id AND from_quarter = day.from_quarter OFFSET 0
    ) AS counted
    OFFSET 0
) AS r
JOIN asked a ON a.project_id = r.project_id AND a.id = r.definition_id
JOIN chosen c ON (c.project_id::int8 << 32) | c.id = (r.project_id::int8 << 32) | r.cell_id
WHERE $14 IS NOT NULL
GROUP BY r.project_id, c.key_1, c.key_2, c.key_3, r.bucket, a.place
UNION ALL
SELECT r.project_id, c.key_1, c.key_2, c.key_3, coalesce(width_bucket(r.quarter, $4) - 1, 0) AS bucket,
       a.place AS definition,
       ARRAY[sum(r.n_0), sum(r.n_1), sum(r.n_2), sum(r.n_3), sum(r.n_4), sum(r.n_5),
             sum(r.n_6), sum(r.n_7), sum(r.n_8), sum(r.n_9), sum(r.n_10)] AS counts
FROM (
    SELECT counted.*
    FROM gap
    CROSS JOIN LATERAL (
        SELECT *
        FROM rollup_question_quarter
        WHERE project_id = gap.project_id AND quarter >= gap.from_quarter AND quarter < gap.to_quarter
        OFFSET 0
    ) AS counted
    OFFSET 0
) AS r
JOIN asked a ON a.project_id = r.project_id AND a.id = r.definition_id
JOIN chosen c ON (c.project_id::int8 << 32) | c.id = (r.project_id::int8 << 32) | r.cell_id
WHERE $14 IS NOT NULL
GROUP BY r.project_id, c.key_1, c.key_2, c.key_3, bucket, a.place
LIMIT $11::int4
