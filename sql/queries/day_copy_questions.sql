-- As day_copy.sql, of the questions that are not built in.
INSERT INTO rollup_question_day (project_id, from_quarter, cell_id, definition_id,
        n_0, n_1, n_2, n_3, n_4, n_5, n_6, n_7, n_8, n_9, n_10)
SELECT *
FROM (
    SELECT $1::int4, $2::int4, cell_id, definition_id,
           sum(n_0), sum(n_1), sum(n_2), sum(n_3), sum(n_4), sum(n_5), sum(n_6), sum(n_7), sum(n_8), sum(n_9), sum(n_10)
    FROM rollup_question_quarter
    WHERE project_id = $1 AND quarter >= $2 AND quarter < $3::int4
    GROUP BY cell_id, definition_id
    ORDER BY cell_id, definition_id
) AS summed
