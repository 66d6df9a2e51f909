-- How many responses the projects $1 have in the quarters from $2 to before $3; no more than $4 + 1 are looked at.
SELECT count(*)
FROM (
    SELECT
    FROM unnest($1::int4[]) AS p (id)
    CROSS JOIN LATERAL (
        SELECT
        FROM response
        WHERE project_id = p.id
          AND occurred_at >= to_timestamp($2::int4 * 900.0) AND occurred_at < to_timestamp($3::int4 * 900.0)
        OFFSET 0
    ) AS r
    LIMIT $4::int4 + 1
) AS counted
