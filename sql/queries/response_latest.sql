-- When each of the projects last stored or changed an answer; those that never did are left out. A look at the end of an index each.
SELECT project.id, latest.updated_at
FROM unnest($1::int4[]) AS project (id)
CROSS JOIN LATERAL (
    SELECT updated_at
    FROM response
    WHERE project_id = project.id
    ORDER BY updated_at DESC, id DESC
    LIMIT 1
) AS latest
