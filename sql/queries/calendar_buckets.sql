-- Where buckets of $4 (hour, day, week, month, quarter, year) of the zone $1 begin, strictly between the quarters $2 and $3.
WITH hour AS (
    -- A bucket begins where the local hour or the offset from UTC changes: two hours of one name are two buckets.
    SELECT quarter
    FROM (
        SELECT quarter, named, lag(named) OVER (ORDER BY quarter) AS before
        FROM (
            SELECT q.quarter, ROW (date_trunc('hour', l.local), l.local - (l.utc AT TIME ZONE 'UTC')) AS named
            FROM generate_series($2::int4, $3::int4 - 1) AS q (quarter)
            CROSS JOIN LATERAL (SELECT to_timestamp(q.quarter * 900.0) AS utc,
                                       to_timestamp(q.quarter * 900.0) AT TIME ZONE $1::text AS local) AS l
            WHERE $4::text = 'hour'
        ) AS walked
    ) AS compared
    WHERE named <> before
), step AS (
    SELECT (CASE $4 WHEN 'quarter' THEN '3 months' WHEN 'hour' THEN '1 day' ELSE '1 ' || $4 END)::interval AS size
), local_start AS (
    SELECT start::timestamp AS local, ceil(extract(epoch FROM start::timestamp AT TIME ZONE $1) / 900)::int4 AS quarter
    FROM step
    CROSS JOIN generate_series(date_trunc($4, to_timestamp($2 * 900.0) AT TIME ZONE $1),
                               to_timestamp($3 * 900.0) AT TIME ZONE $1 + interval '1 day', step.size) AS start
    WHERE $4 <> 'hour'
), day AS (
    -- PostgreSQL's own guess is wrong where midnight comes twice (the Azores in October): near a change of the clock the
    -- day begins after the last quarter that still belongs to the day before.
    SELECT CASE
               WHEN (to_timestamp((s.quarter - 16) * 900.0) AT TIME ZONE $1) + interval '8 hours'
                    = to_timestamp((s.quarter + 16) * 900.0) AT TIME ZONE $1 THEN s.quarter
               ELSE (SELECT max(q) + 1
                     FROM generate_series(s.quarter - 16, s.quarter + 16) AS q
                     WHERE to_timestamp(q * 900.0) AT TIME ZONE $1 < s.local)
           END AS quarter
    FROM local_start s
)
SELECT DISTINCT quarter
FROM (SELECT quarter FROM hour UNION ALL SELECT quarter FROM day) AS start
WHERE quarter > $2 AND quarter < $3
ORDER BY quarter
LIMIT $5::int4
