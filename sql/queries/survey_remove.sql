UPDATE survey SET deleted_at = $3::timestamptz, updated_at = $3 WHERE project_id = $1::int4 AND key = $2::text
