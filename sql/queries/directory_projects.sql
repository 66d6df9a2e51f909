SELECT id, organization_id, name, time_zone, dimensions, secret, retention_horizon FROM project ORDER BY id
