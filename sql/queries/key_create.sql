-- A key of one project ($1) or of an organization ($2). No row: there is no such project or organization.
INSERT INTO key (organization_id, project_id, scope, is_test, digest, prefix, expires_at, rate_count, rate_window_ms, origins)
SELECT organization_id, id, $3::int2, $4::bool, $5::bytea, $6::text, $7::timestamptz, $8::int4, $9::int4, $10::text[]
FROM project WHERE name = $1::text
UNION ALL
SELECT id, NULL, $3, $4, $5, $6, $7, $8, $9, $10 FROM organization WHERE name = $2::text AND $1 IS NULL
RETURNING id
