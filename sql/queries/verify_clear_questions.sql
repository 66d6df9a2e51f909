DELETE FROM rollup_question_quarter WHERE project_id = $1::int4 AND quarter >= $2::int4
