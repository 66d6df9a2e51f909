-- One writer at a time adds to a project's dictionary.
SELECT last_id FROM dictionary_counter WHERE project_id = $1::int4 ORDER BY dimension FOR UPDATE
