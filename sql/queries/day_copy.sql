-- The quarters from $2 to before $3 of project $1, summed.
INSERT INTO rollup_day (project_id, from_quarter, cell_id,
        nps_0, nps_1, nps_2, nps_3, nps_4, nps_5, nps_6, nps_7, nps_8, nps_9, nps_10,
        csat_1, csat_2, csat_3, csat_4, csat_5,
        ces_1, ces_2, ces_3, ces_4, ces_5, ces_6, ces_7)
SELECT *
FROM (
    SELECT $1::int4, $2::int4, cell_id,
           sum(nps_0), sum(nps_1), sum(nps_2), sum(nps_3), sum(nps_4), sum(nps_5),
           sum(nps_6), sum(nps_7), sum(nps_8), sum(nps_9), sum(nps_10),
           sum(csat_1), sum(csat_2), sum(csat_3), sum(csat_4), sum(csat_5),
           sum(ces_1), sum(ces_2), sum(ces_3), sum(ces_4), sum(ces_5), sum(ces_6),
           sum(ces_7)
    FROM rollup_quarter
    WHERE project_id = $1 AND quarter >= $2 AND quarter < $3::int4
    GROUP BY cell_id
    ORDER BY cell_id
) AS summed
