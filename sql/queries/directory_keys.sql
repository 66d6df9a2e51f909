-- By digest: looked up by binary search.
SELECT id, organization_id, coalesce(project_id, 0), scope, is_test, digest, coalesce(expires_at, 'infinity'),
       coalesce(replaces, 0), coalesce(lineage, id), rate_count, rate_window_ms, origins
FROM key
WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
ORDER BY digest
