-- The first quarter of project $1 from $2 to before $3 that has counts and lies in no day of rollup_day_state.
SELECT counted.quarter
FROM (
    SELECT to_quarter AS from_quarter, lead(from_quarter, 1, $3) OVER (ORDER BY from_quarter) AS to_quarter
    FROM (
        SELECT from_quarter, to_quarter
        FROM rollup_day_state
        WHERE project_id = $1::int4 AND to_quarter > $2::int4 AND from_quarter < $3::int4
        UNION ALL
        SELECT $2 - 1, $2
    ) AS edge
) AS gap
CROSS JOIN LATERAL (
    SELECT quarter
    FROM rollup_quarter
    WHERE project_id = $1 AND quarter >= gap.from_quarter AND quarter < gap.to_quarter
    ORDER BY quarter
    LIMIT 1
) AS counted
WHERE gap.from_quarter < gap.to_quarter
ORDER BY gap.from_quarter
LIMIT 1
