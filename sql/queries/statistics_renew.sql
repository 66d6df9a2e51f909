-- The planner knows nothing of what was just written until this, or autovacuum a minute later.
ANALYZE response, event, cell, dimension_value, rollup_quarter, rollup_day, rollup_day_state,
        rollup_question_quarter, rollup_question_day
