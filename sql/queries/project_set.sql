-- No row: there is no such project.
UPDATE project SET publish_min_n = $2::int4 WHERE name = $1::text RETURNING id
