-- Those of the days ($2, $3) of project $1 that have counts become known. A day that overlaps a known one (the
-- project's time zone was changed) stays out: it is read from its quarters.
INSERT INTO rollup_day_state (project_id, from_quarter, to_quarter)
SELECT $1::int4, d.from_quarter, d.to_quarter
FROM unnest($2::int4[], $3::int4[]) AS d (from_quarter, to_quarter)
WHERE NOT EXISTS (
        SELECT FROM rollup_day_state s
        WHERE s.project_id = $1 AND s.to_quarter > d.from_quarter AND s.from_quarter < d.to_quarter)
  AND EXISTS (
        SELECT FROM rollup_quarter r
        WHERE r.project_id = $1 AND r.quarter >= d.from_quarter AND r.quarter < d.to_quarter)
