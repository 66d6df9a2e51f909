-- What a survey is now, and what its project has already. One row, also where there is no such survey. The time that a change
-- gets is later than that of every change before it, whatever the clock did meanwhile.
SELECT s.version, s.deleted_at IS NOT NULL, s.updated_at,
    greatest(clock_timestamp(), s.updated_at + interval '1 microsecond'),
    (SELECT count(*) FROM survey_question q
     WHERE q.project_id = wanted.project_id AND q.survey = wanted.key AND q.version = s.version),
    (SELECT count(*) FROM survey a WHERE a.project_id = wanted.project_id),
    (SELECT count(*) FROM survey_version v WHERE v.project_id = wanted.project_id),
    (SELECT greatest(100, max(d.id)) FROM question_definition d WHERE d.project_id = wanted.project_id)
FROM (SELECT $1::int4 AS project_id, $2::text AS key) wanted
LEFT JOIN survey s ON s.project_id = wanted.project_id AND s.key = wanted.key
