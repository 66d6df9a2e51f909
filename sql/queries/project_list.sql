SELECT p.id, p.name, o.name AS organization, p.time_zone, array_to_string(p.dimensions, ','), p.created_at
FROM project p
JOIN organization o ON o.id = p.organization_id
ORDER BY p.id
