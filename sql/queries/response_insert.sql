-- One batch of new responses: rows, and their counts in the same statement, so that the two can't disagree. A known id is
-- left alone and missing from the result. Rows are sorted by id and counters by key: one lock order everywhere.
WITH submitted AS (
    SELECT *
    FROM unnest($1::int4[], $2::uuid[], $3::timestamptz[], $4::int4[], $5::int4[], $6::int4[],
                $7::int2[], $8::int2[], $9::int2[], $10::bool[], $11::bytea[],
                $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[],
                $19::int4[], $20::text[])
        AS s (project_id, id, occurred_at, quarter, cell_id, key_id,
              nps, csat, ces, is_test, content_hash,
              customer_id, interaction_id, source, comment, tags, properties, survey_version, answers)
), inserted AS (
    INSERT INTO response (project_id, id, occurred_at, received_at, updated_at, quarter, cell_id, key_id,
                          nps, csat, ces, is_test, content_hash,
                          customer_id, interaction_id, source, comment, tags, properties, survey_version, answers)
    SELECT project_id, id, occurred_at, now(), now(), quarter, cell_id, key_id,
           nps, csat, ces, is_test, content_hash,
           customer_id, interaction_id, source, comment, tags::text[], properties::jsonb,
           survey_version, answers::jsonb
    FROM submitted
    ORDER BY project_id, id
    ON CONFLICT (project_id, id) DO NOTHING
    RETURNING project_id, id, quarter, cell_id, nps, csat, ces, is_test, answers
), delta AS (
    SELECT project_id, quarter, cell_id,
           count(*) FILTER (WHERE nps = 0) AS nps_0, count(*) FILTER (WHERE nps = 1) AS nps_1,
           count(*) FILTER (WHERE nps = 2) AS nps_2, count(*) FILTER (WHERE nps = 3) AS nps_3,
           count(*) FILTER (WHERE nps = 4) AS nps_4, count(*) FILTER (WHERE nps = 5) AS nps_5,
           count(*) FILTER (WHERE nps = 6) AS nps_6, count(*) FILTER (WHERE nps = 7) AS nps_7,
           count(*) FILTER (WHERE nps = 8) AS nps_8, count(*) FILTER (WHERE nps = 9) AS nps_9,
           count(*) FILTER (WHERE nps = 10) AS nps_10,
           count(*) FILTER (WHERE csat = 1) AS csat_1, count(*) FILTER (WHERE csat = 2) AS csat_2,
           count(*) FILTER (WHERE csat = 3) AS csat_3, count(*) FILTER (WHERE csat = 4) AS csat_4,
           count(*) FILTER (WHERE csat = 5) AS csat_5,
           count(*) FILTER (WHERE ces = 1) AS ces_1, count(*) FILTER (WHERE ces = 2) AS ces_2,
           count(*) FILTER (WHERE ces = 3) AS ces_3, count(*) FILTER (WHERE ces = 4) AS ces_4,
           count(*) FILTER (WHERE ces = 5) AS ces_5, count(*) FILTER (WHERE ces = 6) AS ces_6,
           count(*) FILTER (WHERE ces = 7) AS ces_7
    FROM inserted
    WHERE NOT is_test
    GROUP BY project_id, quarter, cell_id
), counted AS (
    INSERT INTO rollup_quarter AS r (project_id, quarter, cell_id, slot,
        nps_0, nps_1, nps_2, nps_3, nps_4, nps_5, nps_6, nps_7, nps_8, nps_9, nps_10,
        csat_1, csat_2, csat_3, csat_4, csat_5,
        ces_1, ces_2, ces_3, ces_4, ces_5, ces_6, ces_7)
    SELECT project_id, quarter, cell_id, $18::int2,
        nps_0, nps_1, nps_2, nps_3, nps_4, nps_5, nps_6, nps_7, nps_8, nps_9, nps_10,
        csat_1, csat_2, csat_3, csat_4, csat_5,
        ces_1, ces_2, ces_3, ces_4, ces_5, ces_6, ces_7
    FROM delta
    ORDER BY project_id, quarter, cell_id
    ON CONFLICT (project_id, quarter, cell_id, slot) DO UPDATE SET
        nps_0 = r.nps_0 + excluded.nps_0, nps_1 = r.nps_1 + excluded.nps_1, nps_2 = r.nps_2 + excluded.nps_2,
        nps_3 = r.nps_3 + excluded.nps_3, nps_4 = r.nps_4 + excluded.nps_4, nps_5 = r.nps_5 + excluded.nps_5,
        nps_6 = r.nps_6 + excluded.nps_6, nps_7 = r.nps_7 + excluded.nps_7, nps_8 = r.nps_8 + excluded.nps_8,
        nps_9 = r.nps_9 + excluded.nps_9, nps_10 = r.nps_10 + excluded.nps_10,
        csat_1 = r.csat_1 + excluded.csat_1, csat_2 = r.csat_2 + excluded.csat_2, csat_3 = r.csat_3 + excluded.csat_3,
        csat_4 = r.csat_4 + excluded.csat_4, csat_5 = r.csat_5 + excluded.csat_5,
        ces_1 = r.ces_1 + excluded.ces_1, ces_2 = r.ces_2 + excluded.ces_2, ces_3 = r.ces_3 + excluded.ces_3,
        ces_4 = r.ces_4 + excluded.ces_4, ces_5 = r.ces_5 + excluded.ces_5, ces_6 = r.ces_6 + excluded.ces_6,
        ces_7 = r.ces_7 + excluded.ces_7
), answer AS (
    -- Of questions that are not built in; i is the score's place on its scale.
    SELECT r.project_id, r.quarter, r.cell_id, d.id AS definition_id, a.value::int4 - d.scale_min AS i
    FROM inserted r
    CROSS JOIN LATERAL jsonb_each(r.answers) AS a
    JOIN question_definition d ON d.project_id = r.project_id AND d.id = a.key::int4
    WHERE r.answers IS NOT NULL AND NOT r.is_test
), answer_delta AS (
    SELECT project_id, quarter, cell_id, definition_id,
           count(*) FILTER (WHERE i = 0) AS n_0, count(*) FILTER (WHERE i = 1) AS n_1,
           count(*) FILTER (WHERE i = 2) AS n_2, count(*) FILTER (WHERE i = 3) AS n_3,
           count(*) FILTER (WHERE i = 4) AS n_4, count(*) FILTER (WHERE i = 5) AS n_5,
           count(*) FILTER (WHERE i = 6) AS n_6, count(*) FILTER (WHERE i = 7) AS n_7,
           count(*) FILTER (WHERE i = 8) AS n_8, count(*) FILTER (WHERE i = 9) AS n_9,
           count(*) FILTER (WHERE i = 10) AS n_10
    FROM answer
    GROUP BY project_id, quarter, cell_id, definition_id
), answer_counted AS (
    INSERT INTO rollup_question_quarter AS r (project_id, quarter, cell_id, definition_id, slot,
        n_0, n_1, n_2, n_3, n_4, n_5, n_6, n_7, n_8, n_9, n_10)
    SELECT project_id, quarter, cell_id, definition_id, $18::int2,
        n_0, n_1, n_2, n_3, n_4, n_5, n_6, n_7, n_8, n_9, n_10
    FROM answer_delta
    ORDER BY project_id, quarter, cell_id, definition_id
    ON CONFLICT (project_id, quarter, cell_id, definition_id, slot) DO UPDATE SET
        n_0 = r.n_0 + excluded.n_0, n_1 = r.n_1 + excluded.n_1, n_2 = r.n_2 + excluded.n_2,
        n_3 = r.n_3 + excluded.n_3, n_4 = r.n_4 + excluded.n_4, n_5 = r.n_5 + excluded.n_5,
        n_6 = r.n_6 + excluded.n_6, n_7 = r.n_7 + excluded.n_7, n_8 = r.n_8 + excluded.n_8,
        n_9 = r.n_9 + excluded.n_9, n_10 = r.n_10 + excluded.n_10
), stale AS (
    -- FOR UPDATE in key order: two batches with late answers for the same days must not wait for each other in a ring.
    SELECT d.project_id, d.from_quarter
    FROM (SELECT DISTINCT project_id, quarter FROM delta) AS touched
    JOIN rollup_day_state d
        ON d.project_id = touched.project_id AND d.to_quarter > touched.quarter AND d.from_quarter <= touched.quarter
    WHERE NOT d.dirty
    ORDER BY d.project_id, d.from_quarter
    FOR UPDATE OF d
), marked AS (
    UPDATE rollup_day_state d SET dirty = true
    FROM stale
    WHERE d.project_id = stale.project_id AND d.from_quarter = stale.from_quarter
)
SELECT project_id, id FROM inserted
