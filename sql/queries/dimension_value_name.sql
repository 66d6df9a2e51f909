-- Values by their ids, with their position in the arrays. Planned as rollup_read_packs.sql, which it mostly follows.
-- Set: enable_sort = off, enable_mergejoin = off, enable_seqscan = off, work_mem = '1MB', plan_cache_mode = force_generic_plan
SELECT w.position, v.value
FROM unnest($1::int4[], $2::int2[], $3::int4[]) WITH ORDINALITY AS w (project_id, dimension, id, position)
JOIN dimension_value v ON v.project_id = w.project_id AND v.dimension = w.dimension AND v.id = w.id
