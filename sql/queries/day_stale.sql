-- Days that the copy doesn't hold as they are now, the latest first: they are the ones that are asked for.
SELECT project_id, from_quarter, to_quarter
FROM rollup_day_state
WHERE dirty OR NOT filled
ORDER BY from_quarter DESC, project_id
LIMIT $1::int4
