-- How events that are stored already stand to what was submitted: the same content, or another. An erased one is never contradicted.
-- Each is looked up by its key: where the planner knows nothing of the table yet, a plain join read all of a project.
SELECT s.position, e.erased OR e.content_hash = s.content_hash
FROM unnest($1::int4[], $2::uuid[], $3::bytea[]) WITH ORDINALITY AS s (project_id, id, content_hash, position)
CROSS JOIN LATERAL (
    SELECT erased, content_hash
    FROM event
    WHERE event.project_id = s.project_id AND event.id = s.id
    OFFSET 0
) AS e
