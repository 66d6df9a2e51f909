-- In place of rollup_day_group: the groups of a day by one grouping in one value. Adding up 23 counters of a row costs PostgreSQL ten
-- times what finding the row does, and a question of 30 days by channel and region has 3,000 of them; so it hands them over as they
-- are, and whoever asks adds up.
DROP TABLE rollup_day_group;
CREATE TABLE rollup_day_pack (
    project_id integer NOT NULL,
    from_quarter integer NOT NULL,
    grouping integer NOT NULL, -- a bit for each dimension
    -- For each group, in the order of the keys, 116 bytes: three keys of 8 (16 bits a dimension: survey, channel, region, touchpoint;
    -- product, segment, the first two declared ones; the other two, country) and the counters from nps_0 to ces_7 of 4, all with the
    -- high byte first.
    groups bytea NOT NULL,
    PRIMARY KEY (project_id, from_quarter, grouping)
);
-- Packing them once more would save little and take longer than reading them.
ALTER TABLE rollup_day_pack ALTER COLUMN groups SET STORAGE EXTERNAL;
ALTER TABLE rollup_day_pack ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON rollup_day_pack USING (project_id = ANY ((SELECT open_projects())::integer[]));

-- What is filled is filled once more, with its packs.
UPDATE rollup_day_state SET filled = false;
