-- COLLATE "C": looked up by binary search over bytes. One without questions is none.
SELECT project_id, key, title::text, created_at, updated_at, deleted_at IS NOT NULL AS is_deleted
FROM survey s
WHERE EXISTS (SELECT FROM survey_question q
              WHERE q.project_id = s.project_id AND q.survey = s.key AND q.version = s.version)
ORDER BY project_id, key COLLATE "C"
