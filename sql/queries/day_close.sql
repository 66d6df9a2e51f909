-- Not where a writer came in between: its day waits for the next round.
UPDATE rollup_day_state
SET filled = true, grouped = true
WHERE project_id = $1::int4 AND from_quarter = $2::int4 AND NOT dirty
RETURNING from_quarter
