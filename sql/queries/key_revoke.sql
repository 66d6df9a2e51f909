UPDATE key SET revoked_at = now() WHERE id = $1::int4 AND revoked_at IS NULL RETURNING id
