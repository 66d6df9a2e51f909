-- Adds the cells that are new, up to the project's cap. The project's counters are locked.
WITH wanted AS (
    SELECT DISTINCT *
    FROM unnest($2::int4[], $3::int4[], $4::int4[], $5::int4[], $6::int4[], $7::int4[],
                $8::int4[], $9::int4[], $10::int4[], $11::int4[], $12::int4[])
        AS w (survey_id, channel_id, region_id, touchpoint_id, product_id, segment_id,
              declared_1_id, declared_2_id, declared_3_id, declared_4_id, country_id)
    WHERE survey_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM cell c
        WHERE c.project_id = $1::int4
          AND (c.survey_id, c.channel_id, c.region_id, c.touchpoint_id, c.product_id, c.segment_id,
               c.declared_1_id, c.declared_2_id, c.declared_3_id, c.declared_4_id)
            = (w.survey_id, w.channel_id, w.region_id, w.touchpoint_id, w.product_id, w.segment_id,
               w.declared_1_id, w.declared_2_id, w.declared_3_id, w.declared_4_id))
), numbered AS (
    SELECT w.*, c.last_id + row_number() OVER () AS id
    FROM wanted w
    JOIN dictionary_counter c ON c.project_id = $1 AND c.dimension = -1
), added AS (
    INSERT INTO cell (project_id, id, survey_id, channel_id, region_id, touchpoint_id, product_id, segment_id,
                      declared_1_id, declared_2_id, declared_3_id, declared_4_id, country_id)
    SELECT $1, id, survey_id, channel_id, region_id, touchpoint_id, product_id, segment_id,
           declared_1_id, declared_2_id, declared_3_id, declared_4_id, country_id
    FROM numbered
    WHERE id <= $13::int4
    RETURNING id
)
UPDATE dictionary_counter
SET last_id = (SELECT max(id) FROM added)
WHERE project_id = $1 AND dimension = -1 AND EXISTS (SELECT FROM added)
