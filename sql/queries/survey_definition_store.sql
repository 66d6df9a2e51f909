-- A new definition, or other ways to read the answers of one that is there. No row: it is there and the same.
INSERT INTO question_definition AS d (project_id, id, survey, question, version, metric, scale_min, scale_max, polarity,
    satisfied, dissatisfied, headline, created_at)
VALUES ($1::int4, $2::int4, $3::text, $4::text, $5::int4, $6::text, $7::int2, $8::int2, $9::int2,
    $10::int2[], $11::int2[], $12::text, $13::timestamptz)
ON CONFLICT (project_id, id) DO UPDATE
SET satisfied = excluded.satisfied, dissatisfied = excluded.dissatisfied, headline = excluded.headline
WHERE (d.satisfied, d.dissatisfied, d.headline)
    IS DISTINCT FROM (excluded.satisfied, excluded.dissatisfied, excluded.headline)
RETURNING d.id
