-- Ids of values, with their position in the arrays. A NULL value is skipped.
SELECT w.position, v.id
FROM unnest($2::int2[], $3::text[]) WITH ORDINALITY AS w (dimension, value, position)
JOIN dimension_value v ON v.project_id = $1::int4 AND v.dimension = w.dimension AND v.value = w.value
