SELECT id, organization_id, name, time_zone, dimensions, secret, retention_horizon, publish_min_n, retain_mode, retain_days
FROM project ORDER BY id
