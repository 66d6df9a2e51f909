-- Every question of every version, in the order of directory_surveys, and of its surveys only.
SELECT v.project_id, v.survey, v.version, v.created_at, q.definition_id, q.wording::text
FROM survey s
JOIN survey_version v ON v.project_id = s.project_id AND v.survey = s.key
JOIN survey_question q ON q.project_id = v.project_id AND q.survey = v.survey AND q.version = v.version
ORDER BY v.project_id, v.survey COLLATE "C", v.version, q.place
