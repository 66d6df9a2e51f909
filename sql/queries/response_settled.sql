-- The moment up to which updated_at can't appear any more: before the oldest transaction still open. It must be asked before the
-- snapshot that the rows are read in is taken: a batch that commits between the two would be in neither. The second
-- covers a server process that was preempted after it took its transaction's time and before it let others see it.
SELECT least(oldest_transaction(), now() - interval '1 second')
