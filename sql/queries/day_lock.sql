-- Whoever writes a counter holds this table in ROW EXCLUSIVE until its transaction ends: when the lock is here, nobody who
-- could have missed a day's state is under way.
LOCK TABLE rollup_day_state IN SHARE ROW EXCLUSIVE MODE
