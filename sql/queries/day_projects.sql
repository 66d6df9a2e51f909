SELECT id, time_zone FROM project ORDER BY id
