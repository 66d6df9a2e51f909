SELECT id, organization_id, name, time_zone, dimensions, secret, retention_horizon, publish_min_n FROM project ORDER BY id
