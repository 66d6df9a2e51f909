-- What is counted of project $1 in the time from $2 to before $3, by one grouping of rollup_day_pack, $7, whose masks are $4 to $6 (as in
-- rollup_read.sql): with its time, so that any part of it can be told of. $8 is the limit. Days come as they are kept, in the column
-- groups, or summed up where those are too many; a day that one of the moments $10 cuts comes in parts, summed up from its quarters. What no
-- day covers comes by the quarter of an hour; but what lies before the first day in one.
-- Each day and each part has a row of kind 0 with its version. It is the same as long as nothing was counted in the day: whoever counts
-- there marks the day's row, and that makes another version of the row, with an xmin of its own. Of those whose versions are among $9
-- nothing else comes: the caller has them. Kind 1 is what is counted, kind 2 what no counter holds yet, which may be of any day.
-- The settings are those of rollup_read_packs.sql.
-- Set: enable_sort = off, enable_mergejoin = off, enable_seqscan = off, work_mem = '1MB', plan_cache_mode = force_generic_plan
WITH day AS MATERIALIZED (
    SELECT s.from_quarter, s.to_quarter, s.version, s.is_part, s.is_had, p.groups
    FROM (
        SELECT from_quarter, to_quarter, version, is_part, grouped, version = ANY ($9::int8[]) AS is_had
        FROM (
            SELECT part.from_quarter, part.to_quarter, part.is_part, d.grouped,
                   (part.from_quarter::int8 << 40) | ((part.to_quarter - part.from_quarter)::int8 << 32)
                   | d.xmin::text::int8 AS version
            FROM rollup_day_state d
            CROSS JOIN LATERAL (
                SELECT edge AS from_quarter, lead(edge, 1, d.to_quarter) OVER (ORDER BY edge) AS to_quarter,
                       count(*) OVER () > 1 AS is_part
                FROM (
                    SELECT d.from_quarter AS edge
                    UNION ALL
                    SELECT cut FROM unnest($10::int4[]) AS cut WHERE cut > d.from_quarter AND cut < d.to_quarter
                ) AS edges
            ) AS part
            -- None is longer than 104 quarters.
            WHERE d.project_id = $1::int4 AND d.from_quarter > $2::int4 - 104 AND d.to_quarter > $2
              AND d.to_quarter <= $3::int4 AND part.from_quarter >= $2
              AND CASE WHEN d.filled AND NOT d.dirty THEN true END IS NOT NULL
            OFFSET 0
        ) AS known
        OFFSET 0
    ) AS s
    LEFT JOIN LATERAL (
        SELECT groups
        FROM rollup_day_pack
        WHERE project_id = $1 AND from_quarter = s.from_quarter AND grouping = $7::int4
          AND s.grouped AND NOT s.is_part AND NOT s.is_had
        OFFSET 0
    ) AS p ON true
), gap AS MATERIALIZED (
    SELECT from_quarter, to_quarter, from_quarter = $2 AND to_quarter < $3 AS is_one
    FROM (
        SELECT to_quarter AS from_quarter, lead(from_quarter, 1, $3) OVER (ORDER BY from_quarter) AS to_quarter
        FROM (
            SELECT from_quarter, to_quarter FROM day
            UNION ALL
            SELECT $2 - 1, $2
        ) AS edge
    ) AS between_days
    WHERE from_quarter < to_quarter
    UNION ALL
    SELECT from_quarter, to_quarter, true FROM day WHERE is_part AND NOT is_had
), cells AS MATERIALIZED (
    SELECT coalesce(sum(last_id), 0) <= 5000 AS is_few
    FROM dictionary_counter
    WHERE project_id = $1 AND dimension = -1
)
SELECT day.from_quarter, day.to_quarter, 0 AS kind, day.version, 0::int8 AS key_1, 0::int8 AS key_2, 0::int8 AS key_3,
       NULL::int8[] AS counts, day.groups
FROM day
UNION ALL
-- Days of too many groups.
SELECT r.from_quarter, r.to_quarter, 1 AS kind, NULL::int8 AS version, c.key_1, c.key_2, c.key_3,
       ARRAY[sum(r.nps_0), sum(r.nps_1), sum(r.nps_2), sum(r.nps_3), sum(r.nps_4), sum(r.nps_5),
             sum(r.nps_6), sum(r.nps_7), sum(r.nps_8), sum(r.nps_9), sum(r.nps_10),
             sum(r.csat_1), sum(r.csat_2), sum(r.csat_3), sum(r.csat_4), sum(r.csat_5),
             sum(r.ces_1), sum(r.ces_2), sum(r.ces_3), sum(r.ces_4), sum(r.ces_5), sum(r.ces_6),
             sum(r.ces_7)] AS counts, NULL::bytea AS groups
FROM (
    SELECT day.to_quarter, counted.*
    FROM day
    CROSS JOIN LATERAL (
        SELECT * FROM rollup_day WHERE project_id = $1 AND from_quarter = day.from_quarter OFFSET 0
    ) AS counted
    WHERE day.groups IS NULL AND NOT day.is_part AND NOT day.is_had
    OFFSET 0
) AS r
JOIN (
    SELECT c.id,
           $4::int8 & (c.survey_id::int8 | (c.channel_id::int8 << 16) | (c.region_id::int8 << 32)
                       | (c.touchpoint_id::int8 << 48)) AS key_1,
           $5::int8 & (c.product_id::int8 | (c.segment_id::int8 << 16) | (c.declared_1_id::int8 << 32)
                       | (c.declared_2_id::int8 << 48)) AS key_2,
           $6::int8 & (c.declared_3_id::int8 | (c.declared_4_id::int8 << 16) | (c.country_id::int8 << 32)) AS key_3
    FROM cell c
    WHERE c.project_id = $1
) AS c ON c.id = r.cell_id
WHERE EXISTS (SELECT FROM day WHERE groups IS NULL AND NOT is_part AND NOT is_had)
GROUP BY r.from_quarter, r.to_quarter, c.key_1, c.key_2, c.key_3
UNION ALL
-- What no day covers, where cells are few.
SELECT r.begin_quarter, r.end_quarter, 1 AS kind, NULL::int8 AS version, c.key_1, c.key_2, c.key_3,
       ARRAY[sum(r.nps_0), sum(r.nps_1), sum(r.nps_2), sum(r.nps_3), sum(r.nps_4), sum(r.nps_5),
             sum(r.nps_6), sum(r.nps_7), sum(r.nps_8), sum(r.nps_9), sum(r.nps_10),
             sum(r.csat_1), sum(r.csat_2), sum(r.csat_3), sum(r.csat_4), sum(r.csat_5),
             sum(r.ces_1), sum(r.ces_2), sum(r.ces_3), sum(r.ces_4), sum(r.ces_5), sum(r.ces_6),
             sum(r.ces_7)] AS counts, NULL::bytea AS groups
FROM (
    SELECT CASE WHEN gap.is_one THEN gap.from_quarter ELSE counted.quarter END AS begin_quarter,
           CASE WHEN gap.is_one THEN gap.to_quarter ELSE counted.quarter + 1 END AS end_quarter, counted.*
    FROM gap
    CROSS JOIN LATERAL (
        SELECT *
        FROM rollup_quarter
        WHERE project_id = $1 AND quarter >= gap.from_quarter AND quarter < gap.to_quarter
        OFFSET 0
    ) AS counted
    OFFSET 0
) AS r
JOIN (
    SELECT c.id,
           $4::int8 & (c.survey_id::int8 | (c.channel_id::int8 << 16) | (c.region_id::int8 << 32)
                       | (c.touchpoint_id::int8 << 48)) AS key_1,
           $5::int8 & (c.product_id::int8 | (c.segment_id::int8 << 16) | (c.declared_1_id::int8 << 32)
                       | (c.declared_2_id::int8 << 48)) AS key_2,
           $6::int8 & (c.declared_3_id::int8 | (c.declared_4_id::int8 << 16) | (c.country_id::int8 << 32)) AS key_3
    FROM cell c
    WHERE c.project_id = $1
) AS c ON c.id = r.cell_id
WHERE (SELECT is_few FROM cells)
GROUP BY r.begin_quarter, r.end_quarter, c.key_1, c.key_2, c.key_3
UNION ALL
-- And where they are many.
SELECT r.begin_quarter, r.end_quarter, 1 AS kind, NULL::int8 AS version, c.key_1, c.key_2, c.key_3,
       ARRAY[sum(r.nps_0), sum(r.nps_1), sum(r.nps_2), sum(r.nps_3), sum(r.nps_4), sum(r.nps_5),
             sum(r.nps_6), sum(r.nps_7), sum(r.nps_8), sum(r.nps_9), sum(r.nps_10),
             sum(r.csat_1), sum(r.csat_2), sum(r.csat_3), sum(r.csat_4), sum(r.csat_5),
             sum(r.ces_1), sum(r.ces_2), sum(r.ces_3), sum(r.ces_4), sum(r.ces_5), sum(r.ces_6),
             sum(r.ces_7)] AS counts, NULL::bytea AS groups
FROM (
    SELECT CASE WHEN gap.is_one THEN gap.from_quarter ELSE counted.quarter END AS begin_quarter,
           CASE WHEN gap.is_one THEN gap.to_quarter ELSE counted.quarter + 1 END AS end_quarter, counted.*
    FROM gap
    CROSS JOIN LATERAL (
        SELECT *
        FROM rollup_quarter
        WHERE project_id = $1 AND quarter >= gap.from_quarter AND quarter < gap.to_quarter
        OFFSET 0
    ) AS counted
    OFFSET 0
) AS r
CROSS JOIN LATERAL (
    SELECT $4::int8 & (c.survey_id::int8 | (c.channel_id::int8 << 16) | (c.region_id::int8 << 32)
                       | (c.touchpoint_id::int8 << 48)) AS key_1,
           $5::int8 & (c.product_id::int8 | (c.segment_id::int8 << 16) | (c.declared_1_id::int8 << 32)
                       | (c.declared_2_id::int8 << 48)) AS key_2,
           $6::int8 & (c.declared_3_id::int8 | (c.declared_4_id::int8 << 16) | (c.country_id::int8 << 32)) AS key_3
    FROM cell c
    WHERE c.project_id = $1 AND c.id = r.cell_id
    OFFSET 0
) AS c
WHERE NOT (SELECT is_few FROM cells)
GROUP BY r.begin_quarter, r.end_quarter, c.key_1, c.key_2, c.key_3
UNION ALL
-- What no counter holds yet, also of days that come as they are kept.
SELECT a.quarter AS begin_quarter, a.quarter + 1 AS end_quarter, 2 AS kind, NULL::int8 AS version,
       $4::int8 & (c.survey_id::int8 | (c.channel_id::int8 << 16) | (c.region_id::int8 << 32)
                   | (c.touchpoint_id::int8 << 48)) AS key_1,
       $5::int8 & (c.product_id::int8 | (c.segment_id::int8 << 16) | (c.declared_1_id::int8 << 32)
                   | (c.declared_2_id::int8 << 48)) AS key_2,
       $6::int8 & (c.declared_3_id::int8 | (c.declared_4_id::int8 << 16) | (c.country_id::int8 << 32)) AS key_3,
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
WHERE a.project_id = $1 AND a.quarter >= $2 AND a.quarter < $3
GROUP BY a.quarter, key_1, key_2, key_3
LIMIT $8::int4
