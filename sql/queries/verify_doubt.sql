-- The day copy was made of what is no more. dirty: also for a keeper that is copying now.
UPDATE rollup_day_state SET filled = false, dirty = true WHERE project_id = $1::int4 AND to_quarter > $2::int4
