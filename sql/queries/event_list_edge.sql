-- Where the bounded scan of event_list ended, when it did before the list was at its end.
SELECT occurred_at, id
FROM event
WHERE project_id = $1::int4 AND occurred_at >= $2::timestamptz AND (occurred_at, id) < ($3::timestamptz, $4::uuid)
ORDER BY occurred_at DESC, id DESC
OFFSET $5::int4 - 1
LIMIT 1
