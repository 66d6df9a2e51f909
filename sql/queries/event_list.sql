-- Newest first by (occurred_at, id), before the cursor. At most $23 rows are looked at, whatever the filters let through.
WITH chosen AS MATERIALIZED (
    SELECT c.project_id, c.id
    FROM cell c
    WHERE c.project_id = $1::int4
      AND ($5::text[] IS NULL OR c.survey_id = ANY (
               SELECT coalesce(v.id, CASE WHEN w.value IS NULL THEN 0 END)
               FROM unnest($5) AS w (value)
               LEFT JOIN dimension_value v ON v.project_id = $1 AND v.dimension = 0 AND v.value = w.value))
      AND ($6::text[] IS NULL OR c.channel_id = ANY (
               SELECT coalesce(v.id, CASE WHEN w.value IS NULL THEN 0 END)
               FROM unnest($6) AS w (value)
               LEFT JOIN dimension_value v ON v.project_id = $1 AND v.dimension = 1 AND v.value = w.value))
      AND ($7::text[] IS NULL OR c.region_id = ANY (
               SELECT coalesce(v.id, CASE WHEN w.value IS NULL THEN 0 END)
               FROM unnest($7) AS w (value)
               LEFT JOIN dimension_value v ON v.project_id = $1 AND v.dimension = 2 AND v.value = w.value))
      AND ($8::text[] IS NULL OR c.touchpoint_id = ANY (
               SELECT coalesce(v.id, CASE WHEN w.value IS NULL THEN 0 END)
               FROM unnest($8) AS w (value)
               LEFT JOIN dimension_value v ON v.project_id = $1 AND v.dimension = 3 AND v.value = w.value))
      AND ($9::text[] IS NULL OR c.product_id = ANY (
               SELECT coalesce(v.id, CASE WHEN w.value IS NULL THEN 0 END)
               FROM unnest($9) AS w (value)
               LEFT JOIN dimension_value v ON v.project_id = $1 AND v.dimension = 4 AND v.value = w.value))
      AND ($10::text[] IS NULL OR c.segment_id = ANY (
               SELECT coalesce(v.id, CASE WHEN w.value IS NULL THEN 0 END)
               FROM unnest($10) AS w (value)
               LEFT JOIN dimension_value v ON v.project_id = $1 AND v.dimension = 5 AND v.value = w.value))
      AND ($11::text[] IS NULL OR c.declared_1_id = ANY (
               SELECT coalesce(v.id, CASE WHEN w.value IS NULL THEN 0 END)
               FROM unnest($11) AS w (value)
               LEFT JOIN dimension_value v ON v.project_id = $1 AND v.dimension = 6 AND v.value = w.value))
      AND ($12::text[] IS NULL OR c.declared_2_id = ANY (
               SELECT coalesce(v.id, CASE WHEN w.value IS NULL THEN 0 END)
               FROM unnest($12) AS w (value)
               LEFT JOIN dimension_value v ON v.project_id = $1 AND v.dimension = 7 AND v.value = w.value))
      AND ($13::text[] IS NULL OR c.declared_3_id = ANY (
               SELECT coalesce(v.id, CASE WHEN w.value IS NULL THEN 0 END)
               FROM unnest($13) AS w (value)
               LEFT JOIN dimension_value v ON v.project_id = $1 AND v.dimension = 8 AND v.value = w.value))
      AND ($14::text[] IS NULL OR c.declared_4_id = ANY (
               SELECT coalesce(v.id, CASE WHEN w.value IS NULL THEN 0 END)
               FROM unnest($14) AS w (value)
               LEFT JOIN dimension_value v ON v.project_id = $1 AND v.dimension = 9 AND v.value = w.value))
      AND ($15::text[] IS NULL OR c.country_id = ANY (
               SELECT coalesce(v.id, CASE WHEN w.value IS NULL THEN 0 END)
               FROM unnest($15) AS w (value)
               LEFT JOIN dimension_value v ON v.project_id = $1 AND v.dimension = 10 AND v.value = w.value))
), page AS (
    SELECT e.*
    FROM (
        SELECT *
        FROM event
        WHERE project_id = $1 AND occurred_at >= $2::timestamptz AND (occurred_at, id) < ($3::timestamptz, $4::uuid)
        ORDER BY occurred_at DESC, id DESC
        LIMIT $23::int4
    ) AS e
    WHERE ($16::bool OR EXISTS (SELECT FROM chosen WHERE chosen.id = e.cell_id))
      AND ($17::text IS NULL OR e.action = $17)
      AND ($18::text IS NULL OR e.stage = $18)
      AND ($19::text IS NULL OR e.customer_id = $19)
      AND ($20::text IS NULL OR e.session_id = $20)
      AND ($21::text IS NULL OR e.interaction_id = $21)
      AND ($24::int4 IS NULL OR e.key_id = $24)
      AND e.received_at >= $25::timestamptz AND e.received_at < $26::timestamptz
    ORDER BY e.occurred_at DESC, e.id DESC
    LIMIT $22::int4
)
SELECT e.project_id, e.id, e.occurred_at, e.received_at, e.cell_id, e.key_id, e.is_test, e.erased, e.action, e.stage,
       e.customer_id, e.session_id, e.interaction_id, e.response_id, e.duration_ms, trim_scale(e.amount)::text,
       e.currency, e.source, e.properties::text,
       l.survey, l.channel, l.region, l.touchpoint, l.product, l.segment, l.declared_1, l.declared_2, l.declared_3,
       l.declared_4
FROM page e
JOIN cell_label l ON l.project_id = e.project_id AND l.id = e.cell_id
ORDER BY e.occurred_at DESC, e.id DESC
