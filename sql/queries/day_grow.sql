-- Days of project $1 that are copied in part already, ($2, $3), become known as far as that. Whoever counts from here on marks the
-- longer day dirty.
UPDATE rollup_day_state s
SET to_quarter = d.to_quarter, filled = false, dirty = false, grouped = false
FROM unnest($2::int4[], $3::int4[]) AS d (from_quarter, to_quarter)
WHERE s.project_id = $1::int4 AND s.from_quarter = d.from_quarter AND s.to_quarter < d.to_quarter
  AND NOT EXISTS (
        SELECT FROM rollup_day_state o
        WHERE o.project_id = $1 AND o.to_quarter > s.to_quarter AND o.from_quarter < d.to_quarter)
