-- Where the bounded scan of response_list_updated ended, when it did before the list was at its end.
SELECT updated_at, id
FROM response
WHERE project_id = $1::int4 AND (updated_at, id) > ($3::timestamptz, $4::uuid) AND updated_at >= $2::timestamptz
  AND updated_at < $6::timestamptz
ORDER BY updated_at, id
OFFSET $5::int4 - 1
LIMIT 1
