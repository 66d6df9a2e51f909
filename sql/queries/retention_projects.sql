-- What projects keep, and for how long: all, or the one that is named ($1).
SELECT id, name, retain_mode, retain_days
FROM project
WHERE retain_days IS NOT NULL AND ($1::text IS NULL OR name = $1)
ORDER BY id
