-- Whether the planner knows nothing of some table that has rows, or knew it last when it was a tenth: autovacuum comes a minute later,
-- when an import may have long brought a million. Of tables that are another role's to look at there is nothing to be done.
SELECT EXISTS (
    SELECT
    FROM pg_class c
    WHERE c.oid = ANY (ARRAY['response', 'event', 'cell', 'dimension_value', 'rollup_quarter', 'rollup_day', 'rollup_day_state',
                             'rollup_question_quarter', 'rollup_question_day']::regclass[])
      AND pg_relation_size(c.oid) > CASE WHEN c.reltuples < 0 THEN 0 ELSE 10 * 8192 * greatest(c.relpages, 1)::int8 END
      AND pg_has_role(c.relowner, 'USAGE'))
