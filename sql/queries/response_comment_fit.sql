-- How each submitted comment stands to the stored one of a response that the transaction has locked. Apart from response_lock, so
-- that it sees what was committed while that waited.
SELECT comment_fit(w.project_id, w.id, w.comment)
FROM unnest($1::int4[], $2::uuid[], $3::text[]) WITH ORDINALITY AS w (project_id, id, comment, place)
ORDER BY w.place
