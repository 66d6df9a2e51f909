-- The comments of responses that the transaction has locked. Apart from response_update, which would have to read a comment to
-- leave it as it is. In sub-selects as there.
UPDATE response r
SET comment = e.comment
FROM unnest((SELECT $1::int4[]), (SELECT $2::uuid[]), (SELECT $3::text[])) AS e (project_id, id, comment)
WHERE r.project_id = e.project_id AND r.id = e.id
