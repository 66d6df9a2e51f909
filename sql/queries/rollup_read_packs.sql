-- As rollup_read.sql, for what is asked for most: no filter, built-in questions alone, and by a grouping of rollup_day_pack, $8. Its days
-- come as they are kept, in the column groups, and are to be added up by who asks; a row has either that or counts. $9 is the limit,
-- $10 and $11 what is skipped. Of 100,000 cells few have answers in the quarters that no day covers: where there are many,
-- they are looked up one by one, which takes ten times as long for each. Read by its keys and never whole: of a small table, a
-- dictionary's or that of packs, the planner would rather look at every row, thirty times or five hundred, for it counts ten projects
-- among those that the session may see. Little memory: it expects 150,000 groups of the few that there are, and makes and
-- clears tables for all of them at each question.
-- Set: enable_sort = off, enable_mergejoin = off, enable_seqscan = off, work_mem = '1MB', plan_cache_mode = force_generic_plan
WITH day AS MATERIALIZED (
    SELECT s.project_id, s.from_quarter, s.to_quarter,
           coalesce(width_bucket(s.from_quarter, $4::int4[]) - 1, 0) AS bucket, p.groups
    FROM rollup_day_state s
    LEFT JOIN LATERAL (
        SELECT groups
        FROM rollup_day_pack
        WHERE project_id = s.project_id AND from_quarter = s.from_quarter AND grouping = $8::int4 AND s.grouped
        OFFSET 0
    ) AS p ON true
    WHERE s.project_id = ANY ($1::int4[]) AND s.from_quarter >= $2::int4 AND s.to_quarter <= $3::int4
      AND CASE WHEN s.filled AND NOT s.dirty
                AND ($4 IS NULL OR width_bucket(s.from_quarter, $4) = width_bucket(s.to_quarter - 1, $4))
                AND ($10::int4 IS NULL OR s.to_quarter <= $10 OR s.from_quarter >= $11::int4)
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
            SELECT id, $10, $11 FROM unnest($1) AS p (id) WHERE $10 IS NOT NULL
        ) AS edge
    ) AS between_days
    WHERE from_quarter < to_quarter
), cells AS MATERIALIZED (
    SELECT coalesce(sum(last_id), 0) <= 5000 AS is_few
    FROM dictionary_counter
    WHERE project_id = ANY ($1) AND dimension = -1
)
SELECT day.project_id, 0::int8 AS key_1, 0::int8 AS key_2, 0::int8 AS key_3, day.bucket, NULL::int8[] AS counts, day.groups
FROM day
WHERE day.groups IS NOT NULL
UNION ALL
-- Days of too many groups.
SELECT r.project_id, c.key_1, c.key_2, c.key_3, r.bucket,
       ARRAY[sum(r.nps_0), sum(r.nps_1), sum(r.nps_2), sum(r.nps_3), sum(r.nps_4), sum(r.nps_5),
             sum(r.nps_6), sum(r.nps_7), sum(r.nps_8), sum(r.nps_9), sum(r.nps_10),
             sum(r.csat_1), sum(r.csat_2), sum(r.csat_3), sum(r.csat_4), sum(r.csat_5),
             sum(r.ces_1), sum(r.ces_2), sum(r.ces_3), sum(r.ces_4), sum(r.ces_5), sum(r.ces_6),
             sum(r.ces_7)] AS counts, NULL::bytea AS groups
FROM (
    SELECT day.bucket, counted.*
    FROM day
    CROSS JOIN LATERAL (
        SELECT * FROM rollup_day WHERE project_id = day.project_id AND from_quarter = day.from_quarter OFFSET 0
    ) AS counted
    WHERE day.groups IS NULL
    OFFSET 0
) AS r
JOIN (
    SELECT c.project_id, c.id,
           $5::int8 & (c.survey_id::int8 | (c.channel_id::int8 << 16) | (c.region_id::int8 << 32)
                       | (c.touchpoint_id::int8 << 48)) AS key_1,
           $6::int8 & (c.product_id::int8 | (c.segment_id::int8 << 16) | (c.declared_1_id::int8 << 32)
                       | (c.declared_2_id::int8 << 48)) AS key_2,
           $7::int8 & (c.declared_3_id::int8 | (c.declared_4_id::int8 << 16) | (c.country_id::int8 << 32)) AS key_3
    FROM cell c
    WHERE c.project_id = ANY ($1)
) AS c ON (c.project_id::int8 << 32) | c.id = (r.project_id::int8 << 32) | r.cell_id
WHERE EXISTS (SELECT FROM day WHERE groups IS NULL)
GROUP BY r.project_id, c.key_1, c.key_2, c.key_3, r.bucket
UNION ALL
-- What no day covers, where cells are few.
SELECT r.project_id, c.key_1, c.key_2, c.key_3, coalesce(width_bucket(r.quarter, $4) - 1, 0) AS bucket,
       ARRAY[sum(r.nps_0), sum(r.nps_1), sum(r.nps_2), sum(r.nps_3), sum(r.nps_4), sum(r.nps_5),
             sum(r.nps_6), sum(r.nps_7), sum(r.nps_8), sum(r.nps_9), sum(r.nps_10),
             sum(r.csat_1), sum(r.csat_2), sum(r.csat_3), sum(r.csat_4), sum(r.csat_5),
             sum(r.ces_1), sum(r.ces_2), sum(r.ces_3), sum(r.ces_4), sum(r.ces_5), sum(r.ces_6),
             sum(r.ces_7)] AS counts, NULL::bytea AS groups
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
JOIN (
    SELECT c.project_id, c.id,
           $5::int8 & (c.survey_id::int8 | (c.channel_id::int8 << 16) | (c.region_id::int8 << 32)
                       | (c.touchpoint_id::int8 << 48)) AS key_1,
           $6::int8 & (c.product_id::int8 | (c.segment_id::int8 << 16) | (c.declared_1_id::int8 << 32)
                       | (c.declared_2_id::int8 << 48)) AS key_2,
           $7::int8 & (c.declared_3_id::int8 | (c.declared_4_id::int8 << 16) | (c.country_id::int8 << 32)) AS key_3
    FROM cell c
    WHERE c.project_id = ANY ($1)
) AS c ON (c.project_id::int8 << 32) | c.id = (r.project_id::int8 << 32) | r.cell_id
WHERE (SELECT is_few FROM cells)
GROUP BY r.project_id, c.key_1, c.key_2, c.key_3, bucket
UNION ALL
-- And where they are many.
SELECT r.project_id, c.key_1, c.key_2, c.key_3, coalesce(width_bucket(r.quarter, $4) - 1, 0) AS bucket,
       ARRAY[sum(r.nps_0), sum(r.nps_1), sum(r.nps_2), sum(r.nps_3), sum(r.nps_4), sum(r.nps_5),
             sum(r.nps_6), sum(r.nps_7), sum(r.nps_8), sum(r.nps_9), sum(r.nps_10),
             sum(r.csat_1), sum(r.csat_2), sum(r.csat_3), sum(r.csat_4), sum(r.csat_5),
             sum(r.ces_1), sum(r.ces_2), sum(r.ces_3), sum(r.ces_4), sum(r.ces_5), sum(r.ces_6),
             sum(r.ces_7)] AS counts, NULL::bytea AS groups
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
CROSS JOIN LATERAL (
    SELECT $5::int8 & (c.survey_id::int8 | (c.channel_id::int8 << 16) | (c.region_id::int8 << 32)
                       | (c.touchpoint_id::int8 << 48)) AS key_1,
           $6::int8 & (c.product_id::int8 | (c.segment_id::int8 << 16) | (c.declared_1_id::int8 << 32)
                       | (c.declared_2_id::int8 << 48)) AS key_2,
           $7::int8 & (c.declared_3_id::int8 | (c.declared_4_id::int8 << 16) | (c.country_id::int8 << 32)) AS key_3
    FROM cell c
    WHERE c.project_id = r.project_id AND c.id = r.cell_id
    OFFSET 0
) AS c
WHERE NOT (SELECT is_few FROM cells)
GROUP BY r.project_id, c.key_1, c.key_2, c.key_3, bucket
UNION ALL
-- What no counter holds yet, also of days that come as they are kept.
SELECT a.project_id,
       $5::int8 & (c.survey_id::int8 | (c.channel_id::int8 << 16) | (c.region_id::int8 << 32)
                   | (c.touchpoint_id::int8 << 48)) AS key_1,
       $6::int8 & (c.product_id::int8 | (c.segment_id::int8 << 16) | (c.declared_1_id::int8 << 32)
                   | (c.declared_2_id::int8 << 48)) AS key_2,
       $7::int8 & (c.declared_3_id::int8 | (c.declared_4_id::int8 << 16) | (c.country_id::int8 << 32)) AS key_3,
       coalesce(width_bucket(a.quarter, $4) - 1, 0) AS bucket,
       ARRAY[count(*) FILTER (WHERE a.nps = 0), count(*) FILTER (WHERE a.nps = 1), count(*) FILTER (WHERE a.nps = 2),
             count(*) FILTER (WHERE a.nps = 3), count(*) FILTER (WHERE a.nps = 4), count(*) FILTER (WHERE a.nps = 5),
             count(*) FILTER (WHERE a.nps = 6), count(*) FILTER (WHERE a.nps = 7), count(*) FILTER (WHERE a.nps = 8),
             count(*) FILTER (WHERE a.nps = 9), count(*) FILTER (WHERE a.nps = 10), count(*) FILTER (WHERE a.csat = 1),
             count(*) FILTER (WHERE a.csat = 2), count(*) FILTER (WHERE a.csat = 3), count(*) FILTER (WHERE a.csat = 4),
             count(*) FILTER (WHERE a.csat = 5), count(*) FILTER (WHERE a.ces = 1), count(*) FILTER (WHERE a.ces = 2),
             count(*) FILTER (WHERE a.ces = 3), count(*) FILTER (WHERE a.ces = 4), count(*) FILTER (WHERE a.ces = 5),
             count(*) FILTER (WHERE a.ces = 6), count(*) FILTER (WHERE a.ces = 7)] AS counts, NULL::bytea AS groups
FROM rollup_pending_answer a
JOIN cell c ON c.project_id = a.project_id AND c.id = a.cell_id
WHERE a.project_id = ANY ($1) AND a.quarter >= $2 AND a.quarter < $3
  AND ($10 IS NULL OR a.quarter < $10 OR a.quarter >= $11)
GROUP BY a.project_id, key_1, key_2, key_3, bucket
LIMIT $9::int4
