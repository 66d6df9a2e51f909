-- For each question of a draft, in its order: the definition that the survey $2 has for it from any version, and the one that
-- its version $3 has for a question of that key. 0: none.
SELECT coalesce(d.id, 0), coalesce(q.definition_id, 0)
FROM unnest($4::text[], $5::text[], $6::int2[], $7::int2[], $8::int2[]) WITH ORDINALITY
    AS draft (question, metric, scale_min, scale_max, polarity, place)
LEFT JOIN question_definition d ON d.project_id = $1::int4 AND d.survey = $2::text AND d.question = draft.question
    AND d.metric = draft.metric AND d.scale_min = draft.scale_min AND d.scale_max = draft.scale_max
    AND d.polarity = draft.polarity
LEFT JOIN survey_question q ON q.project_id = $1 AND q.survey = $2 AND q.version = $3::int4
    AND q.question = draft.question
ORDER BY draft.place
