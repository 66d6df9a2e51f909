-- Writes the new state of responses that this transaction has locked, and moves their counts: minus what they were, plus what
-- they are. The old state is read from the rows, so running it again changes no number. Each array stands in a sub-select, so that
-- the planner takes the edits for few, and looks them up by their keys: of hundreds it would read the whole project.
WITH edit AS (
    SELECT *
    FROM unnest((SELECT $1::int4[]), (SELECT $2::uuid[]), (SELECT $3::int4[]), (SELECT $4::int2[]), (SELECT $5::int2[]),
                (SELECT $6::int2[]), (SELECT $7::bool[]), (SELECT $8::text[]), (SELECT $9::text[]), (SELECT $10::text[]),
                (SELECT $11::text[]), (SELECT $12::text[]), (SELECT $14::int4[]), (SELECT $15::text[]))
        AS e (project_id, id, cell_id, nps, csat, ces, excluded,
              customer_id, interaction_id, source, tags, properties, survey_version, answers)
), before AS (
    SELECT r.project_id, r.id, r.quarter, r.cell_id, r.nps, r.csat, r.ces, r.answers,
           NOT (r.is_test OR r.excluded) AS counts
    FROM edit
    JOIN response r USING (project_id, id)
), after AS (
    UPDATE response r
    SET updated_at = now(), cell_id = e.cell_id, nps = e.nps, csat = e.csat, ces = e.ces, excluded = e.excluded,
        customer_id = e.customer_id, interaction_id = e.interaction_id, source = e.source,
        tags = e.tags::text[], properties = e.properties::jsonb, survey_version = e.survey_version,
        answers = e.answers::jsonb
    FROM edit e
    WHERE r.project_id = e.project_id AND r.id = e.id
    RETURNING r.project_id, r.id, r.quarter, r.cell_id, r.nps, r.csat, r.ces, r.answers,
              NOT (r.is_test OR r.excluded) AS counts
), moved AS (
    SELECT b.project_id, b.id
    FROM before b
    JOIN after a USING (project_id, id)
    WHERE (b.cell_id, b.nps, b.csat, b.ces, b.answers, b.counts)
          IS DISTINCT FROM (a.cell_id, a.nps, a.csat, a.ces, a.answers, a.counts)
), signed AS (
    SELECT -1 AS sign, before.* FROM before JOIN moved USING (project_id, id) WHERE counts
    UNION ALL
    SELECT 1 AS sign, after.* FROM after JOIN moved USING (project_id, id) WHERE counts
), delta AS (
    SELECT project_id, quarter, cell_id,
           coalesce(sum(sign) FILTER (WHERE nps = 0), 0) AS nps_0, coalesce(sum(sign) FILTER (WHERE nps = 1), 0) AS nps_1,
           coalesce(sum(sign) FILTER (WHERE nps = 2), 0) AS nps_2, coalesce(sum(sign) FILTER (WHERE nps = 3), 0) AS nps_3,
           coalesce(sum(sign) FILTER (WHERE nps = 4), 0) AS nps_4, coalesce(sum(sign) FILTER (WHERE nps = 5), 0) AS nps_5,
           coalesce(sum(sign) FILTER (WHERE nps = 6), 0) AS nps_6, coalesce(sum(sign) FILTER (WHERE nps = 7), 0) AS nps_7,
           coalesce(sum(sign) FILTER (WHERE nps = 8), 0) AS nps_8, coalesce(sum(sign) FILTER (WHERE nps = 9), 0) AS nps_9,
           coalesce(sum(sign) FILTER (WHERE nps = 10), 0) AS nps_10,
           coalesce(sum(sign) FILTER (WHERE csat = 1), 0) AS csat_1, coalesce(sum(sign) FILTER (WHERE csat = 2), 0) AS csat_2,
           coalesce(sum(sign) FILTER (WHERE csat = 3), 0) AS csat_3, coalesce(sum(sign) FILTER (WHERE csat = 4), 0) AS csat_4,
           coalesce(sum(sign) FILTER (WHERE csat = 5), 0) AS csat_5,
           coalesce(sum(sign) FILTER (WHERE ces = 1), 0) AS ces_1, coalesce(sum(sign) FILTER (WHERE ces = 2), 0) AS ces_2,
           coalesce(sum(sign) FILTER (WHERE ces = 3), 0) AS ces_3, coalesce(sum(sign) FILTER (WHERE ces = 4), 0) AS ces_4,
           coalesce(sum(sign) FILTER (WHERE ces = 5), 0) AS ces_5, coalesce(sum(sign) FILTER (WHERE ces = 6), 0) AS ces_6,
           coalesce(sum(sign) FILTER (WHERE ces = 7), 0) AS ces_7
    FROM signed
    GROUP BY project_id, quarter, cell_id
), counted AS (
    INSERT INTO rollup_quarter AS r (project_id, quarter, cell_id, slot,
        nps_0, nps_1, nps_2, nps_3, nps_4, nps_5, nps_6, nps_7, nps_8, nps_9, nps_10,
        csat_1, csat_2, csat_3, csat_4, csat_5,
        ces_1, ces_2, ces_3, ces_4, ces_5, ces_6, ces_7)
    SELECT project_id, quarter, cell_id, $13::int2,
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
    SELECT r.sign, r.project_id, r.quarter, r.cell_id, d.id AS definition_id, a.value::int4 - d.scale_min AS i
    FROM signed r
    CROSS JOIN LATERAL jsonb_each(r.answers) AS a
    JOIN question_definition d ON d.project_id = r.project_id AND d.id = a.key::int4
    WHERE r.answers IS NOT NULL
), answer_delta AS (
    SELECT project_id, quarter, cell_id, definition_id,
           coalesce(sum(sign) FILTER (WHERE i = 0), 0) AS n_0, coalesce(sum(sign) FILTER (WHERE i = 1), 0) AS n_1,
           coalesce(sum(sign) FILTER (WHERE i = 2), 0) AS n_2, coalesce(sum(sign) FILTER (WHERE i = 3), 0) AS n_3,
           coalesce(sum(sign) FILTER (WHERE i = 4), 0) AS n_4, coalesce(sum(sign) FILTER (WHERE i = 5), 0) AS n_5,
           coalesce(sum(sign) FILTER (WHERE i = 6), 0) AS n_6, coalesce(sum(sign) FILTER (WHERE i = 7), 0) AS n_7,
           coalesce(sum(sign) FILTER (WHERE i = 8), 0) AS n_8, coalesce(sum(sign) FILTER (WHERE i = 9), 0) AS n_9,
           coalesce(sum(sign) FILTER (WHERE i = 10), 0) AS n_10
    FROM answer
    GROUP BY project_id, quarter, cell_id, definition_id
), answer_counted AS (
    INSERT INTO rollup_question_quarter AS r (project_id, quarter, cell_id, definition_id, slot,
        n_0, n_1, n_2, n_3, n_4, n_5, n_6, n_7, n_8, n_9, n_10)
    SELECT project_id, quarter, cell_id, definition_id, $13::int2,
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
SELECT count(*) FROM moved
