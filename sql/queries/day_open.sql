-- From here on the next writer of a counter in one of these days marks it dirty.
UPDATE rollup_day_state s
SET filled = false, dirty = false, grouped = false
FROM unnest($1::int4[], $2::int4[]) AS d (project_id, from_quarter)
WHERE s.project_id = d.project_id AND s.from_quarter = d.from_quarter
