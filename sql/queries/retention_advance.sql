-- Before answers are deleted: from now on their rollups stand alone. Never back. No row: nothing lies before it.
UPDATE project
SET retention_horizon = $2::timestamptz
WHERE id = $1::int4 AND retention_horizon < $2 AND retain_mode = 'delete'
  AND EXISTS (SELECT FROM response r WHERE r.project_id = $1 AND r.occurred_at < $2)
RETURNING id
