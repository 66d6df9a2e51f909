-- A project that deletes needs no tokens.
DELETE FROM customer_token t USING project p WHERE t.project_id = $1::int4 AND p.id = t.project_id AND p.retain_mode = 'delete'
