-- Acts that no trigger sees, by keys ($1; 0: the session's own actor). detail: JSON.
INSERT INTO audit (actor, act, project_id, detail)
SELECT coalesce('key ' || nullif(a.key_id, 0), nullif(current_setting('hark.actor', true), ''), session_user),
       a.act, a.project_id, a.detail::jsonb
FROM unnest($1::int4[], $2::text[], $3::int4[], $4::text[]) AS a (key_id, act, project_id, detail)
