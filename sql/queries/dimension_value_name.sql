-- Values by their ids, with their position in the arrays.
SELECT w.position, v.value
FROM unnest($1::int4[], $2::int2[], $3::int4[]) WITH ORDINALITY AS w (project_id, dimension, id, position)
JOIN dimension_value v ON v.project_id = w.project_id AND v.dimension = w.dimension AND v.id = w.id
