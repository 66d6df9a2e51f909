-- The newest first.
SELECT a.at, a.actor, a.act, p.name, a.detail::text
FROM audit a
LEFT JOIN project p ON p.id = a.project_id
WHERE $1::text IS NULL OR p.name = $1
ORDER BY a.id DESC
LIMIT $2::int4
