-- The names of time zones. Slow (it reads every file): once at start.
SELECT name FROM pg_timezone_names WHERE name !~ '^(posix|right)/' ORDER BY name COLLATE "C"
