-- Erases what tells who a customer is, and leaves a receipt that doesn't. Rows are locked in the order of their ids, as everywhere.
-- Scores and cells stay, so no rollup changes. The token replaces the customer: answers of one person still count as one, with those
-- that were anonymised by age already. The hash of what was submitted goes too: guesses at who it was could be tried on it.
WITH token AS (
    SELECT coalesce(
        (SELECT t.token FROM customer_token t JOIN project p ON p.id = t.project_id
         WHERE t.project_id = $1::int4 AND t.digest = sha256(p.secret || convert_to($2::text, 'UTF8'))),
        'erased:' || gen_random_uuid()) AS value
), own_responses AS (
    SELECT project_id, id FROM response
    WHERE project_id = $1 AND customer_id = $2
    ORDER BY project_id, id
    FOR UPDATE
), own_events AS (
    SELECT project_id, id FROM event
    WHERE project_id = $1 AND customer_id = $2
    ORDER BY project_id, id
    FOR UPDATE
), erased_responses AS (
    UPDATE response r
    SET customer_id = token.value, interaction_id = NULL, comment = NULL, tags = NULL, properties = NULL,
        content_hash = decode(repeat('00', octet_length(content_hash)), 'hex'), erased = true, updated_at = now()
    FROM own_responses o, token
    WHERE r.project_id = o.project_id AND r.id = o.id
    RETURNING r.id
), erased_events AS (
    UPDATE event e
    SET customer_id = token.value, session_id = NULL, interaction_id = NULL, properties = NULL,
        content_hash = decode(repeat('00', octet_length(content_hash)), 'hex'), erased = true
    FROM own_events o, token
    WHERE e.project_id = o.project_id AND e.id = o.id
    RETURNING e.id
)
INSERT INTO erasure (project_id, id, erased_at, key_id, responses, events)
VALUES ($1, $3::uuid, now(), $4::int4, (SELECT count(*) FROM erased_responses), (SELECT count(*) FROM erased_events))
RETURNING erased_at, responses, events
