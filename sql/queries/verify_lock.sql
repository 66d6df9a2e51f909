-- In the order in which every writer takes them, so that none waits for us while we wait for it. Readers go on.
LOCK TABLE rollup_pending, rollup_quarter, rollup_question_quarter, rollup_day_state IN EXCLUSIVE MODE
