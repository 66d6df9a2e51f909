-- COLLATE "C": looked up by binary search over bytes.
SELECT project_id, key, title::text, created_at, updated_at, deleted_at IS NOT NULL AS is_deleted
FROM survey
ORDER BY project_id, key COLLATE "C"
