INSERT INTO rollup_quarter (project_id, quarter, cell_id, slot,
        nps_0, nps_1, nps_2, nps_3, nps_4, nps_5, nps_6, nps_7, nps_8, nps_9, nps_10,
        csat_1, csat_2, csat_3, csat_4, csat_5,
        ces_1, ces_2, ces_3, ces_4, ces_5, ces_6, ces_7)
SELECT project_id, quarter, cell_id, 0,
       count(*) FILTER (WHERE nps = 0), count(*) FILTER (WHERE nps = 1), count(*) FILTER (WHERE nps = 2),
       count(*) FILTER (WHERE nps = 3), count(*) FILTER (WHERE nps = 4), count(*) FILTER (WHERE nps = 5),
       count(*) FILTER (WHERE nps = 6), count(*) FILTER (WHERE nps = 7), count(*) FILTER (WHERE nps = 8),
       count(*) FILTER (WHERE nps = 9), count(*) FILTER (WHERE nps = 10),
       count(*) FILTER (WHERE csat = 1), count(*) FILTER (WHERE csat = 2), count(*) FILTER (WHERE csat = 3),
       count(*) FILTER (WHERE csat = 4), count(*) FILTER (WHERE csat = 5),
       count(*) FILTER (WHERE ces = 1), count(*) FILTER (WHERE ces = 2), count(*) FILTER (WHERE ces = 3),
       count(*) FILTER (WHERE ces = 4), count(*) FILTER (WHERE ces = 5), count(*) FILTER (WHERE ces = 6),
       count(*) FILTER (WHERE ces = 7)
FROM response
WHERE project_id = $1::int4 AND quarter >= $2::int4 AND NOT is_test AND NOT excluded
GROUP BY project_id, quarter, cell_id
