-- What questions of surveys mean. Sets of scores as bit masks: bit i is the score scale_min + i.
SELECT project_id, id, survey, question, version, metric, scale_min, scale_max, polarity,
       coalesce((SELECT bit_or(1 << (score - scale_min)) FROM unnest(satisfied) AS score), 0) AS satisfied,
       coalesce((SELECT bit_or(1 << (score - scale_min)) FROM unnest(dissatisfied) AS score), 0) AS dissatisfied,
       headline, created_at
FROM question_definition
WHERE project_id <> 0
ORDER BY project_id, id
