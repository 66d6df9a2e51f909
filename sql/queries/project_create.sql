-- A project, with its organization where that is new and the counters of its dictionary. No row: the name is taken.
WITH made AS (
    INSERT INTO organization (name) VALUES ($1::text)
    ON CONFLICT (name) DO NOTHING
    RETURNING id
), organization_of AS (
    SELECT id FROM made
    UNION ALL
    SELECT id FROM organization WHERE name = $1
), created AS (
    INSERT INTO project (organization_id, name, time_zone, dimensions, secret, publish_min_n)
    SELECT id, $2::text, $3::text, $4::text[], $5::bytea, $6::int4 FROM organization_of
    ON CONFLICT (name) DO NOTHING
    RETURNING id
), counters AS (
    INSERT INTO dictionary_counter (project_id, dimension)
    SELECT id, generate_series(-1, 10) FROM created
)
SELECT id FROM created
