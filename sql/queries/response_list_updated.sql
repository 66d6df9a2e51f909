-- Ascending by (updated_at, id) after the cursor, for followers. It stops where response_settled said. At most $26 rows are looked at.
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
    SELECT r.*
    FROM (
        SELECT *
        FROM response
        WHERE project_id = $1 AND (updated_at, id) > ($3::timestamptz, $4::uuid) AND updated_at >= $2::timestamptz
          AND updated_at < $30::timestamptz
        ORDER BY updated_at, id
        LIMIT $26::int4
    ) AS r
    WHERE ($16::bool OR EXISTS (SELECT FROM chosen WHERE chosen.id = r.cell_id))
      AND ($17::text IS NULL OR r.customer_id = $17)
      AND ($18::text IS NULL OR r.interaction_id = $18)
      AND ($19::text[] IS NULL OR NOT EXISTS (
               SELECT FROM unnest($19) AS word WHERE strpos(lower(coalesce(r.comment, '')), lower(word)) = 0))
      AND ($20::int2 IS NULL OR r.nps >= $20)
      AND ($21::int2 IS NULL OR r.nps <= $21)
      AND ($22::bool IS NULL OR (r.comment IS NOT NULL) = $22)
      AND ($23::bool IS NULL OR r.excluded = $23)
      AND ($24::bool IS NULL OR r.is_test = $24)
      AND ($27::int4 IS NULL OR r.key_id = $27)
      AND r.received_at >= $28::timestamptz AND r.received_at < $29::timestamptz
    ORDER BY r.updated_at, r.id
    LIMIT $25::int4
)
SELECT r.project_id, r.id, r.occurred_at, r.received_at, r.updated_at, r.cell_id, r.key_id, r.nps, r.csat, r.ces,
       r.is_test, r.excluded, r.erased, r.content_hash, r.customer_id, r.interaction_id, r.source, r.comment,
       r.tags, r.properties::text, r.survey_version, r.answers::text,
       l.survey, l.channel, l.region, l.touchpoint, l.product, l.segment, l.declared_1, l.declared_2, l.declared_3,
       l.declared_4
FROM page r
JOIN cell_label l ON l.project_id = r.project_id AND l.id = r.cell_id
ORDER BY r.updated_at, r.id
