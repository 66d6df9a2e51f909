-- Ids of cells, with their position in the arrays.
SELECT w.position, c.id
FROM unnest($2::int4[], $3::int4[], $4::int4[], $5::int4[], $6::int4[],
            $7::int4[], $8::int4[], $9::int4[], $10::int4[], $11::int4[]) WITH ORDINALITY
    AS w (survey_id, channel_id, region_id, touchpoint_id, product_id,
          segment_id, declared_1_id, declared_2_id, declared_3_id, declared_4_id, position)
JOIN cell c USING (survey_id, channel_id, region_id, touchpoint_id, product_id,
                   segment_id, declared_1_id, declared_2_id, declared_3_id, declared_4_id)
WHERE c.project_id = $1::int4
