-- What one key posted in a span of time, in the order of (updated_at, id), from the cursor ($5, $6) on. Rows received in the
-- span were not updated before it: so the index on updated_at finds them. $7: excluded or not; NULL: either.
SELECT id, updated_at, received_at, excluded
FROM response
WHERE project_id = $1::int4 AND key_id = $2::int4
  AND (updated_at, id) > ($5::timestamptz, $6::uuid) AND updated_at >= $3::timestamptz
  AND received_at >= $3 AND received_at < $4::timestamptz
  AND ($7::bool IS NULL OR excluded = $7)
ORDER BY updated_at, id
LIMIT $8::int4
