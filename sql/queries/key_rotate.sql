-- A key in place of another, which goes on for a while ($4 microseconds). No row: there is no such key, or it ended.
WITH old AS (
    SELECT * FROM key
    WHERE id = $1::int4 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
    FOR UPDATE
), ended AS (
    UPDATE key k
    SET expires_at = least(k.expires_at, now() + $4::int8 * interval '1 microsecond')
    FROM old
    WHERE k.id = old.id
)
INSERT INTO key (organization_id, project_id, scope, is_test, digest, prefix, expires_at, replaces, lineage,
                 rate_count, rate_window_ms, origins)
SELECT organization_id, project_id, scope, is_test, $2::bytea, $3::text, $5::timestamptz, id, coalesce(lineage, id),
       rate_count, rate_window_ms, origins
FROM old
RETURNING id
