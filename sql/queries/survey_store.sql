-- After its questions: $6 says that one of them changed. Whatever changed has touched the row, which tells serving processes. One that
-- was deleted comes back.
INSERT INTO survey AS s (project_id, key, version, title, created_at, updated_at)
VALUES ($1::int4, $2::text, $3::int4, $4::text::jsonb, $5::timestamptz, $5)
ON CONFLICT (project_id, key) DO UPDATE
SET version = excluded.version, title = excluded.title, updated_at = excluded.updated_at, deleted_at = NULL
WHERE $6::bool OR s.title IS DISTINCT FROM excluded.title
