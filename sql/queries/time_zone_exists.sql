-- AT TIME ZONE would also take POSIX strings and abbreviations: only listed names are names.
SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = $1::text)
