-- All events of a project, in the order of (occurred_at, id), from the place ($2, $3) on.
SELECT e.project_id, e.id, e.occurred_at, e.received_at, e.cell_id, e.key_id, e.is_test, e.erased, e.action, e.stage,
       e.customer_id, e.session_id, e.interaction_id, e.response_id, e.duration_ms, trim_scale(e.amount)::text,
       e.currency, e.source, e.properties::text,
       l.survey, l.channel, l.region, l.touchpoint, l.product, l.segment, l.declared_1, l.declared_2, l.declared_3,
       l.declared_4
FROM (
    SELECT *
    FROM event
    WHERE project_id = $1::int4 AND (occurred_at, id) > ($2::timestamptz, $3::uuid)
    ORDER BY occurred_at, id
    LIMIT $4::int4
) AS e
JOIN cell_label l ON l.project_id = e.project_id AND l.id = e.cell_id
ORDER BY e.occurred_at, e.id
