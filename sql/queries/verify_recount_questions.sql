INSERT INTO rollup_question_quarter (project_id, quarter, cell_id, definition_id, slot,
        n_0, n_1, n_2, n_3, n_4, n_5, n_6, n_7, n_8, n_9, n_10)
SELECT project_id, quarter, cell_id, definition_id, 0,
       count(*) FILTER (WHERE i = 0), count(*) FILTER (WHERE i = 1), count(*) FILTER (WHERE i = 2), count(*) FILTER (WHERE i = 3),
       count(*) FILTER (WHERE i = 4), count(*) FILTER (WHERE i = 5), count(*) FILTER (WHERE i = 6), count(*) FILTER (WHERE i = 7),
       count(*) FILTER (WHERE i = 8), count(*) FILTER (WHERE i = 9), count(*) FILTER (WHERE i = 10)
FROM (
    SELECT r.project_id, r.quarter, r.cell_id, d.id AS definition_id, a.value::int4 - d.scale_min AS i
    FROM response r
    CROSS JOIN LATERAL jsonb_each(r.answers) AS a
    JOIN question_definition d ON d.project_id = r.project_id AND d.id = a.key::int4
    WHERE r.project_id = $1::int4 AND r.quarter >= $2::int4 AND r.answers IS NOT NULL AND NOT r.is_test AND NOT r.excluded
) AS answer
GROUP BY project_id, quarter, cell_id, definition_id
