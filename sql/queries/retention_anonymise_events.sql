-- One batch of events past their age, after the cursor ($2, $3) by (occurred_at, id): what an erasure takes goes, scores stay. All
-- of one customer get one random token, remembered for as long as the customer has rows that are not anonymised. Rows are locked
-- in the order of ids, then tokens.
WITH looked AS MATERIALIZED (
    SELECT t.id, t.occurred_at, t.erased
    FROM event t
    WHERE t.project_id = $1::int4 AND (t.occurred_at, t.id) > ($2::timestamptz, $3::uuid)
      AND t.occurred_at < $4::timestamptz
      AND EXISTS (SELECT FROM project p WHERE p.id = $1 AND p.retain_mode = 'anonymise')
    ORDER BY t.occurred_at, t.id
    LIMIT $5::int4
), due AS MATERIALIZED (
    SELECT t.id, t.customer_id
    FROM event t
    WHERE t.project_id = $1 AND t.id = ANY (ARRAY(SELECT id FROM looked WHERE NOT erased)) AND NOT t.erased
    ORDER BY t.id
    FOR UPDATE
), customer AS MATERIALIZED (
    SELECT c.customer_id, sha256(p.secret || convert_to(c.customer_id, 'UTF8')) AS digest,
           EXISTS (SELECT FROM event o
                   WHERE o.project_id = $1 AND o.customer_id = c.customer_id AND NOT o.erased
                     AND o.id <> ALL (ARRAY(SELECT id FROM due)))
           OR EXISTS (SELECT FROM response o
                      WHERE o.project_id = $1 AND o.customer_id = c.customer_id AND NOT o.erased) AS goes_on
    FROM (SELECT DISTINCT customer_id FROM due WHERE customer_id IS NOT NULL) AS c
    JOIN project p ON p.id = $1
), named AS MATERIALIZED (
    SELECT c.*, t.token IS NOT NULL AS is_known, coalesce(t.token, 'erased:' || gen_random_uuid()) AS token
    FROM customer c
    LEFT JOIN customer_token t ON t.project_id = $1 AND t.digest = c.digest
), remembered AS (
    INSERT INTO customer_token (project_id, digest, token)
    SELECT $1, digest, token FROM named WHERE goes_on AND NOT is_known ORDER BY digest
), forgotten AS (
    DELETE FROM customer_token t
    USING named n
    WHERE t.project_id = $1 AND t.digest = n.digest AND NOT n.goes_on
), anonymised AS (
    UPDATE event t
    SET customer_id = n.token, session_id = NULL, interaction_id = NULL, properties = NULL,
        content_hash = decode(repeat('00', octet_length(t.content_hash)), 'hex'), erased = true
    FROM due d
    LEFT JOIN named n ON n.customer_id = d.customer_id
    WHERE t.project_id = $1 AND t.id = d.id
    RETURNING t.id
)
SELECT (SELECT count(*) FROM anonymised), occurred_at, id
FROM looked
ORDER BY occurred_at DESC, id DESC
LIMIT 1
