SELECT k.id, p.name AS project, o.name AS organization, k.scope, k.is_test, k.prefix, k.created_at, k.revoked_at, k.expires_at,
       u.used_at, k.rate_count, k.rate_window_ms, array_to_string(k.origins, ' '), k.replaces
FROM key k
JOIN organization o ON o.id = k.organization_id
LEFT JOIN project p ON p.id = k.project_id
LEFT JOIN key_use u ON u.key_id = k.id
WHERE $1::text IS NULL OR p.name = $1
ORDER BY k.id
