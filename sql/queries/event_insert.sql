-- One batch of touchpoint events. A known id is left alone; the result says how each of those stands to what is stored.
WITH submitted AS (
    SELECT *
    FROM unnest($1::int4[], $2::uuid[], $3::timestamptz[], $4::int4[], $5::int4[], $6::bool[], $7::bytea[],
                $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::uuid[], $14::int8[],
                $15::text[], $16::text[], $17::text[], $18::text[])
        AS s (project_id, id, occurred_at, cell_id, key_id, is_test, content_hash,
              action, stage, customer_id, session_id, interaction_id, response_id, duration_ms,
              amount, currency, source, properties)
), inserted AS (
    INSERT INTO event (project_id, id, occurred_at, received_at, cell_id, key_id, is_test, content_hash,
                       action, stage, customer_id, session_id, interaction_id, response_id, duration_ms,
                       amount, currency, source, properties)
    SELECT project_id, id, occurred_at, now(), cell_id, key_id, is_test, content_hash,
           action, stage, customer_id, session_id, interaction_id, response_id, duration_ms,
           amount::numeric, currency, source, properties::jsonb
    FROM submitted
    ORDER BY project_id, id
    ON CONFLICT (project_id, id) DO NOTHING
    RETURNING project_id, id
)
SELECT project_id, id FROM inserted
