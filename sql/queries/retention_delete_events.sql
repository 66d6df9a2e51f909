-- One batch of events past their age, after the cursor ($2, $3) by (occurred_at, id).
-- Locked in the order of ids, as everywhere.
WITH looked AS MATERIALIZED (
    SELECT t.id, t.occurred_at
    FROM event t
    WHERE t.project_id = $1::int4 AND (t.occurred_at, t.id) > ($2::timestamptz, $3::uuid)
      AND t.occurred_at < $4::timestamptz
      AND EXISTS (SELECT FROM project p WHERE p.id = $1 AND p.retain_mode = 'delete')
    ORDER BY t.occurred_at, t.id
    LIMIT $5::int4
), due AS MATERIALIZED (
    SELECT t.id
    FROM event t
    WHERE t.project_id = $1 AND t.id = ANY (ARRAY(SELECT id FROM looked))
    ORDER BY t.id
    FOR UPDATE
), gone AS (
    DELETE FROM event t
    USING due
    WHERE t.project_id = $1 AND t.id = due.id
    RETURNING t.id
)
SELECT (SELECT count(*) FROM gone), occurred_at, id
FROM looked
ORDER BY occurred_at DESC, id DESC
LIMIT 1
