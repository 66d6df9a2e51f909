-- The projects whose rows the session sees until it is told others: "3,7".
SELECT set_config('hark.projects', $1::text, false)
