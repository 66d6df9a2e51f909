-- Who is to be named for what this session does.
SELECT set_config('hark.actor', $1::text, false)
