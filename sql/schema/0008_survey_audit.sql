-- What is done to surveys is noted too: a survey is known by its key, not by a number.
CREATE OR REPLACE FUNCTION audit_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
    thing jsonb := before || after;
    changed jsonb;
BEGIN
    SELECT coalesce(jsonb_object_agg(name, after -> name), '{}') INTO changed
    FROM jsonb_object_keys(thing) AS name
    WHERE before -> name IS DISTINCT FROM after -> name AND name NOT IN ('secret', 'digest', 'id', 'key', 'project_id', 'updated_at', 'created_at')
      AND (TG_OP = 'UPDATE' OR after -> name NOT IN ('null', '[]'));
    INSERT INTO audit (actor, act, project_id, detail)
    VALUES (
        coalesce('key ' || CASE TG_TABLE_NAME WHEN 'erasure' THEN thing ->> 'key_id' END,
                 nullif(current_setting('hark.actor', true), ''),
                 session_user || ' (' || current_setting('application_name') || ')'),
        TG_TABLE_NAME || ' ' || CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END,
        (thing ->> CASE TG_TABLE_NAME WHEN 'project' THEN 'id' ELSE 'project_id' END)::integer,
        changed || CASE TG_TABLE_NAME WHEN 'survey' THEN jsonb_build_object('key', thing -> 'key')
            ELSE jsonb_build_object('id', thing -> 'id') END);
    RETURN NULL;
END
$$;
CREATE TRIGGER survey_audited AFTER INSERT OR UPDATE OR DELETE ON survey
    FOR EACH ROW EXECUTE FUNCTION audit_change();
