DELETE FROM rollup_day_pack WHERE project_id = $1::int4 AND from_quarter = $2::int4
