-- How events that are stored already stand to what was submitted: the same content, or another. An erased one is never contradicted.
SELECT s.position, e.erased OR e.content_hash = s.content_hash
FROM unnest($1::int4[], $2::uuid[], $3::bytea[]) WITH ORDINALITY AS s (project_id, id, content_hash, position)
JOIN event e ON e.project_id = s.project_id AND e.id = s.id
