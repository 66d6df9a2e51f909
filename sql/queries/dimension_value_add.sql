-- Adds the values that are new, up to the cap of each dimension. The project's counters are locked.
WITH wanted AS (
    SELECT DISTINCT w.dimension, w.value
    FROM unnest($2::int2[], $3::text[]) AS w (dimension, value)
    WHERE w.value IS NOT NULL AND NOT EXISTS (
        SELECT FROM dimension_value v
        WHERE v.project_id = $1::int4 AND v.dimension = w.dimension AND v.value = w.value)
), numbered AS (
    SELECT w.dimension, w.value,
           c.last_id + row_number() OVER (PARTITION BY w.dimension ORDER BY w.value) AS id
    FROM wanted w
    JOIN dictionary_counter c ON c.project_id = $1 AND c.dimension = w.dimension
), added AS (
    INSERT INTO dimension_value (project_id, dimension, id, value)
    SELECT $1, dimension, id, value FROM numbered WHERE id <= $4::int4
    RETURNING dimension, id
)
UPDATE dictionary_counter c
SET last_id = newest.id
FROM (SELECT dimension, max(id) AS id FROM added GROUP BY dimension) AS newest
WHERE c.project_id = $1 AND c.dimension = newest.dimension
