-- A key of one project ($1) or of an organization ($2). No row: there is no such project or organization.
INSERT INTO key (organization_id, project_id, scope, is_test, digest, prefix)
SELECT organization_id, id, $3::int2, $4::bool, $5::bytea, $6::text FROM project WHERE name = $1::text
UNION ALL
SELECT id, NULL, $3, $4, $5, $6 FROM organization WHERE name = $2::text AND $1 IS NULL
RETURNING id
