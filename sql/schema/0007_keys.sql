-- Keys that end, that replace each other, that are limited, and that only the pages of some origins may use.
ALTER TABLE key
    ADD COLUMN expires_at timestamptz,
    -- The key whose place it takes: both work until that one ends. lineage: the first of such a row of keys; NULL: itself.
    ADD COLUMN replaces integer REFERENCES key,
    ADD COLUMN lineage integer REFERENCES key,
    -- How many requests, or objects, in how much time; 0: no limit.
    ADD COLUMN rate_count integer NOT NULL DEFAULT 0 CHECK (rate_count BETWEEN 0 AND 1000000),
    ADD COLUMN rate_window_ms integer NOT NULL DEFAULT 1000 CHECK (rate_window_ms BETWEEN 1000 AND 86400000),
    ADD COLUMN origins text[] NOT NULL DEFAULT '{}';

-- When a key was last used, to the minute. Not in the table key, which every process reads anew when it changes.
CREATE TABLE key_use (
    key_id integer PRIMARY KEY REFERENCES key,
    used_at timestamptz NOT NULL
) WITH (fillfactor = 80);

-- What was done by whoever may. Only added to. Never holds a secret, a comment or a customer.
CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    -- "key 12", "command (anna)", or the database's user and program for what was changed by hand.
    actor text NOT NULL,
    act text NOT NULL,
    -- NULL: of an organization, or of none.
    project_id integer,
    detail jsonb NOT NULL
);
CREATE INDEX audit_by_project ON audit (project_id, id);

-- By triggers, so that no way past them is left: what happens to projects, keys and erasures is noted in its own transaction.
CREATE FUNCTION audit_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
    thing jsonb := before || after;
    changed jsonb;
BEGIN
    SELECT coalesce(jsonb_object_agg(name, after -> name), '{}') INTO changed
    FROM jsonb_object_keys(thing) AS name
    WHERE before -> name IS DISTINCT FROM after -> name AND name NOT IN ('secret', 'digest', 'id', 'project_id')
      AND (TG_OP = 'UPDATE' OR after -> name NOT IN ('null', '[]'));
    INSERT INTO audit (actor, act, project_id, detail)
    VALUES (
        coalesce('key ' || CASE TG_TABLE_NAME WHEN 'erasure' THEN thing ->> 'key_id' END,
                 nullif(current_setting('hark.actor', true), ''),
                 session_user || ' (' || current_setting('application_name') || ')'),
        TG_TABLE_NAME || ' ' || CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END,
        (thing ->> CASE TG_TABLE_NAME WHEN 'project' THEN 'id' ELSE 'project_id' END)::integer,
        changed || jsonb_build_object('id', thing -> 'id'));
    RETURN NULL;
END
$$;
CREATE TRIGGER project_audited AFTER INSERT OR UPDATE OR DELETE ON project
    FOR EACH ROW EXECUTE FUNCTION audit_change();
CREATE TRIGGER key_audited AFTER INSERT OR UPDATE OR DELETE ON key
    FOR EACH ROW EXECUTE FUNCTION audit_change();
CREATE TRIGGER erasure_audited AFTER INSERT OR DELETE ON erasure
    FOR EACH ROW EXECUTE FUNCTION audit_change();
