-- A second wall behind the keys. Sessions of the service work as hark_writer or hark_reader, which role_grant.sql makes and
-- gives what they need; rows of tenants are theirs to see only while the tenant is among those named to the session. The owner
-- of the tables (migrations, maintenance, commands) sees all.

-- "3,7", set before the statements of a batch or a request.
CREATE FUNCTION open_projects() RETURNS integer[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(nullif(current_setting('hark.projects', true), ''), ',')::integer[]
$$;

-- The sub-select makes it one look a statement, not one a row. Surveys and their definitions are read whole by every process, as
-- projects and keys are, and hold no customer's words.
DO $$
DECLARE
    tenants_table text;
BEGIN
    FOREACH tenants_table IN ARRAY ARRAY['dimension_value', 'cell', 'dictionary_counter', 'response', 'event', 'erasure',
                                         'rollup_quarter', 'rollup_day', 'rollup_day_group', 'rollup_day_state',
                                         'rollup_question_quarter', 'rollup_question_day']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenants_table);
        EXECUTE format('CREATE POLICY tenant ON %I USING (project_id = ANY ((SELECT open_projects())::integer[]))',
                       tenants_table);
    END LOOP;
END
$$;

-- How what a client sends stands to a stored comment, for a writer that may not read one: 0 there is none, 1 the same, 2 another.
-- Volatile: of a row that its caller has locked it sees the state at the lock, not at the beginning of the statement.
CREATE FUNCTION comment_fit(of_project integer, of_response uuid, submitted text) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN comment IS NULL THEN 0 WHEN comment = submitted THEN 1 ELSE 2 END
    FROM response
    WHERE project_id = of_project AND id = of_response
$$;

-- When the oldest transaction still open began: a reader may not look at sessions of the role that it is not.
CREATE FUNCTION oldest_transaction() RETURNS timestamptz
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT min(xact_start)
    FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
$$;

REVOKE ALL ON FUNCTION comment_fit(integer, uuid, text), oldest_transaction() FROM PUBLIC;
