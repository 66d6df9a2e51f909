-- One writer at a time changes a project's surveys. No row: there is no such project.
SELECT id FROM project WHERE id = $1::int4 FOR NO KEY UPDATE
