INSERT INTO survey_version (project_id, survey, version, created_at)
VALUES ($1::int4, $2::text, $3::int4, $4::timestamptz)
