-- One response.
SELECT r.project_id, r.id, r.occurred_at, r.received_at, r.updated_at, r.cell_id, r.key_id, r.nps, r.csat, r.ces,
       r.is_test, r.excluded, r.erased, r.content_hash, r.customer_id, r.interaction_id, r.source, r.comment,
       r.tags, r.properties::text, r.survey_version, r.answers::text,
       l.survey, l.channel, l.region, l.touchpoint, l.product, l.segment, l.declared_1, l.declared_2, l.declared_3,
       l.declared_4
FROM response r
JOIN cell_label l ON l.project_id = r.project_id AND l.id = r.cell_id
WHERE r.project_id = $1::int4 AND r.id = $2::uuid
