-- Every question of every version, in the order of directory_surveys.
SELECT v.project_id, v.survey, v.version, v.created_at, q.definition_id, q.wording::text
FROM survey_version v
JOIN survey_question q USING (project_id, survey, version)
ORDER BY v.project_id, v.survey COLLATE "C", v.version, q.place
