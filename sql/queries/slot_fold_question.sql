-- As slot_fold.sql, of the questions that are not built in.
WITH spread AS (
    SELECT quarter, cell_id, definition_id
    FROM rollup_question_quarter
    WHERE project_id = $1::int4 AND quarter >= $2::int4 AND quarter < $3::int4
    GROUP BY quarter, cell_id, definition_id
    HAVING count(*) > 1
    ORDER BY quarter, cell_id, definition_id
    LIMIT $4::int4
), locked AS (
    SELECT r.quarter, r.cell_id, r.definition_id, r.slot
    FROM spread s
    JOIN rollup_question_quarter r ON r.project_id = $1 AND r.quarter = s.quarter AND r.cell_id = s.cell_id AND r.definition_id = s.definition_id
    WHERE r.slot <> -1
    ORDER BY r.quarter, r.cell_id, r.definition_id, r.slot
    FOR UPDATE OF r
), taken AS (
    DELETE FROM rollup_question_quarter r
    USING locked l
    WHERE r.project_id = $1 AND r.quarter = l.quarter AND r.cell_id = l.cell_id AND r.definition_id = l.definition_id AND r.slot = l.slot
    RETURNING r.*
), summed AS (
    SELECT quarter, cell_id, definition_id,
           sum(n_0)::int4 AS n_0, sum(n_1)::int4 AS n_1, sum(n_2)::int4 AS n_2,
           sum(n_3)::int4 AS n_3, sum(n_4)::int4 AS n_4, sum(n_5)::int4 AS n_5,
           sum(n_6)::int4 AS n_6, sum(n_7)::int4 AS n_7, sum(n_8)::int4 AS n_8,
           sum(n_9)::int4 AS n_9, sum(n_10)::int4 AS n_10
    FROM taken
    GROUP BY quarter, cell_id, definition_id
), folded AS (
    INSERT INTO rollup_question_quarter AS r (project_id, quarter, cell_id, definition_id, slot,
        n_0, n_1, n_2, n_3, n_4, n_5, n_6, n_7, n_8, n_9, n_10)
    SELECT $1, quarter, cell_id, definition_id, -1,
        n_0, n_1, n_2, n_3, n_4, n_5, n_6, n_7, n_8, n_9, n_10
    FROM summed
    ORDER BY quarter, cell_id, definition_id
    ON CONFLICT (project_id, quarter, cell_id, definition_id, slot) DO UPDATE SET
        n_0 = r.n_0 + excluded.n_0, n_1 = r.n_1 + excluded.n_1, n_2 = r.n_2 + excluded.n_2,
        n_3 = r.n_3 + excluded.n_3, n_4 = r.n_4 + excluded.n_4, n_5 = r.n_5 + excluded.n_5,
        n_6 = r.n_6 + excluded.n_6, n_7 = r.n_7 + excluded.n_7, n_8 = r.n_8 + excluded.n_8,
        n_9 = r.n_9 + excluded.n_9, n_10 = r.n_10 + excluded.n_10
)
SELECT count(*) FROM spread
