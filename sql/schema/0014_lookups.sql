-- The wall between tenants, where rows are looked up one by one, in a form that is no condition of an index: every statement names its
-- projects itself. As one (0010) it hid from the planner that a key is found once at the most, so that of two indexes that
-- begin with the project it took either: in a database that PostgreSQL had not looked at yet, 500 answers that were known cost
-- seconds, and the names of a list's cells were read from whole dictionaries ever after. Without a setting no row is open, as before.
DO $$
DECLARE
    tenants_table text;
BEGIN
    FOREACH tenants_table IN ARRAY ARRAY['dimension_value', 'cell', 'response', 'event'] LOOP
        EXECUTE format('ALTER POLICY tenant ON %I USING ((project_id <> ALL ((SELECT open_projects())::integer[])) IS FALSE)',
                       tenants_table);
    END LOOP;
END
$$;

-- Where the planner knows of no difference between two indexes, it takes the one that was made last: that is to be the one for ids, which
-- are looked up all the time, and not that for values. Its name makes it the last one after a pg_restore, too.
ALTER TABLE dimension_value RENAME CONSTRAINT dimension_value_project_id_dimension_value_key TO dimension_value_by_value;
ALTER TABLE dimension_value DROP CONSTRAINT dimension_value_pkey;
ALTER TABLE dimension_value ADD CONSTRAINT dimension_value_pkey PRIMARY KEY (project_id, dimension, id);
