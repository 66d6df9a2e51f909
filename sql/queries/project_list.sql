SELECT p.id, p.name, o.name AS organization, p.time_zone, array_to_string(p.dimensions, ','), p.created_at,
       p.retain_mode, p.retain_days
FROM project p
JOIN organization o ON o.id = p.organization_id
ORDER BY p.id
