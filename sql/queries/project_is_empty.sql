-- Whether a project holds no answer and no event. No row: there is no such project.
SELECT NOT EXISTS (SELECT FROM response r WHERE r.project_id = p.id)
       AND NOT EXISTS (SELECT FROM event e WHERE e.project_id = p.id)
FROM project p
WHERE p.name = $1::text
