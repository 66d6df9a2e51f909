-- By digest: looked up by binary search.
SELECT id, organization_id, coalesce(project_id, 0), scope, is_test, digest
FROM key
WHERE revoked_at IS NULL
ORDER BY digest
