-- The names of a cell's values, as they were sent.
CREATE VIEW cell_label WITH (security_invoker = true) AS
SELECT c.project_id, c.id,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 0 AND v.id = c.survey_id) AS survey,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 1 AND v.id = c.channel_id) AS channel,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 2 AND v.id = c.region_id) AS region,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 3 AND v.id = c.touchpoint_id) AS touchpoint,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 4 AND v.id = c.product_id) AS product,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 5 AND v.id = c.segment_id) AS segment,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 6 AND v.id = c.declared_1_id) AS declared_1,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 7 AND v.id = c.declared_2_id) AS declared_2,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 8 AND v.id = c.declared_3_id) AS declared_3,
       (SELECT value FROM dimension_value v
        WHERE v.project_id = c.project_id AND v.dimension = 9 AND v.id = c.declared_4_id) AS declared_4
FROM cell c;
