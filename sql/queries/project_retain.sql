-- $2 and $3 NULL: for ever. No row: there is no such project.
UPDATE project SET retain_mode = $2::text, retain_days = $3::int4 WHERE name = $1::text RETURNING id
