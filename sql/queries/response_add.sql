-- One batch of new responses whose ids nobody else can know, and which answer built-in questions only: rows, and their scores in
-- rollup_pending in the same statement. What response_insert.sql finds out for itself comes from the caller here: that no id is
-- known. A third of its time, for nothing is looked up, sorted, grouped or added up: unnest in a list of expressions keeps the order
-- of its arrays, and one that is NULL makes a column of NULLs. The answers of the projects $19 are those from $20 to $21 of the batch.
WITH added AS (
    INSERT INTO response (project_id, id, occurred_at, received_at, updated_at, quarter, cell_id, key_id,
                          nps, csat, ces, is_test, content_hash,
                          customer_id, interaction_id, source, comment, tags, properties, survey_version)
    SELECT unnest($1::int4[]), unnest($2::uuid[]), unnest($3::timestamptz[]), now(), now(),
           unnest($4::int4[]), unnest($5::int4[]), unnest($6::int4[]),
           unnest($7::int2[]), unnest($8::int2[]), unnest($9::int2[]), unnest($10::bool[]), unnest($11::bytea[]),
           unnest($12::text[]), unnest($13::text[]), unnest($14::text[]), unnest($15::text[]),
           unnest($16::text[])::text[], unnest($17::text[])::jsonb, unnest($18::int4[])
)
INSERT INTO rollup_pending (project_id, quarters, cells, nps, csat, ces, tests)
SELECT p.project_id, ($4)[p.first:p.last], ($5)[p.first:p.last],
       ($7)[p.first:p.last], ($8)[p.first:p.last], ($9)[p.first:p.last], ($10)[p.first:p.last]
FROM unnest($19::int4[], $20::int4[], $21::int4[]) AS p (project_id, first, last)
RETURNING project_id, id
