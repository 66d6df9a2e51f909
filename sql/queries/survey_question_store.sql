-- A question of a version: its place and wording change as long as the version is the current one. No row: nothing changed.
INSERT INTO survey_question AS q (project_id, survey, version, place, question, definition_id, wording)
VALUES ($1::int4, $2::text, $3::int4, $4::int2, $5::text, $6::int4, $7::text::jsonb)
ON CONFLICT (project_id, survey, version, question) DO UPDATE
SET place = excluded.place, wording = excluded.wording
WHERE (q.place, q.wording) IS DISTINCT FROM (excluded.place, excluded.wording)
RETURNING q.definition_id
