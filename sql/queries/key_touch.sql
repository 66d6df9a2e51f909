-- Notes that keys were used. Seldom enough, and by one statement, so that several processes don't write over each other.
INSERT INTO key_use AS u (key_id, used_at)
SELECT id, $2::timestamptz
FROM key
WHERE id = ANY ($1::int4[])
ORDER BY id
ON CONFLICT (key_id) DO UPDATE SET used_at = excluded.used_at
WHERE u.used_at < excluded.used_at - interval '30 seconds'
