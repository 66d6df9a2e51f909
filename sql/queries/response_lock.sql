-- The stored state of responses that are about to be edited, locked in the order in which they are asked for, which is that of
-- their ids. But for the comment, which a writer may not read. Each is looked up by its key first: where the planner knows nothing of the
-- table yet, a plain join went through all rows of a cell for each id.
SELECT r.project_id, r.id, r.occurred_at, r.received_at, r.updated_at, r.cell_id, r.key_id, r.nps, r.csat, r.ces,
       r.is_test, r.excluded, r.erased, r.content_hash, r.customer_id, r.interaction_id, r.source, NULL::text AS comment,
       r.tags, r.properties::text, r.survey_version, r.answers::text,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 0 AND v.id = c.survey_id) AS survey,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 1 AND v.id = c.channel_id) AS channel,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 2 AND v.id = c.region_id) AS region,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 3 AND v.id = c.touchpoint_id) AS touchpoint,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 4 AND v.id = c.product_id) AS product,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 5 AND v.id = c.segment_id) AS segment,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 6 AND v.id = c.declared_1_id) AS declared_1,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 7 AND v.id = c.declared_2_id) AS declared_2,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 8 AND v.id = c.declared_3_id) AS declared_3,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 9 AND v.id = c.declared_4_id) AS declared_4,
       r.properties IS NOT DISTINCT FROM wanted.properties::jsonb
FROM unnest($1::int4[], $2::uuid[], $3::text[]) AS wanted (project_id, id, properties)
CROSS JOIN LATERAL (
    SELECT project_id, id, occurred_at, received_at, updated_at, cell_id, key_id, nps, csat, ces, is_test, excluded, erased,
           content_hash, customer_id, interaction_id, source, tags, properties, survey_version, answers
    FROM response
    WHERE response.project_id = wanted.project_id AND response.id = wanted.id
    FOR UPDATE
) AS r
JOIN cell c ON c.project_id = r.project_id AND c.id = r.cell_id
ORDER BY r.project_id, r.id
