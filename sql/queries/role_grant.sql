-- Makes the two roles where the session may, and gives them what they need and no more. Run again it changes nothing.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['hark_writer', 'hark_reader']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', wanted);
        END IF;
        IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
        END IF;
    END LOOP;

    GRANT USAGE ON SCHEMA public TO hark_writer, hark_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO hark_reader;
    REVOKE SELECT ON customer_token FROM hark_reader;

    -- The writer adds and counts. What it reads is what it compares a retry with, and never a comment.
    GRANT SELECT ON project, question_definition, dimension_value, cell, dictionary_counter, rollup_quarter,
                    rollup_question_quarter, rollup_day_state, rollup_pending, event, erasure, key_use TO hark_writer;
    GRANT SELECT (id) ON key TO hark_writer;
    GRANT SELECT (project_id, id, occurred_at, received_at, updated_at, quarter, cell_id, key_id, nps, csat, ces, is_test,
                  excluded, erased, content_hash, customer_id, interaction_id, source, tags, properties, answers,
                  survey_version) ON response TO hark_writer;
    GRANT INSERT ON response, event, erasure, dimension_value, cell, dictionary_counter, rollup_quarter,
                    rollup_question_quarter, rollup_pending, key_use, audit TO hark_writer;
    GRANT SELECT, DELETE ON customer_token TO hark_writer;
    GRANT DELETE ON rollup_pending TO hark_writer;
    GRANT UPDATE (updated_at, cell_id, nps, csat, ces, excluded, erased, customer_id, interaction_id, source, comment, tags,
                  properties, answers, survey_version, content_hash) ON response TO hark_writer;
    GRANT UPDATE (erased, customer_id, session_id, interaction_id, properties, content_hash) ON event TO hark_writer;
    GRANT UPDATE ON dictionary_counter, rollup_quarter, rollup_question_quarter, key_use TO hark_writer;
    GRANT UPDATE (dirty) ON rollup_day_state TO hark_writer;

    GRANT EXECUTE ON FUNCTION comment_fit(integer, uuid, text) TO hark_writer;
    GRANT EXECUTE ON FUNCTION oldest_transaction() TO hark_reader;
END
$$
