-- Differs whenever a survey does: whatever changes one touches its row.
SELECT coalesce(sum(hashtextextended(s::text, 0)), 0)::text FROM survey s
