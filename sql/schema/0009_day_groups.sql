-- The days of rollup_day, summed over the cells by the groupings that are asked for most: none, each dimension, and channel with
-- region. grouping is a bit for each dimension; the keys hold 16 bits a dimension, the id of its value, as rollup_read has them.
CREATE TABLE rollup_day_group (
    project_id integer NOT NULL,
    from_quarter integer NOT NULL,
    grouping integer NOT NULL,
    key_1 bigint NOT NULL, -- survey, channel, region, touchpoint
    key_2 bigint NOT NULL, -- product, segment, the first two declared ones
    key_3 bigint NOT NULL, -- the other two, country
    nps_0 integer NOT NULL, nps_1 integer NOT NULL, nps_2 integer NOT NULL, nps_3 integer NOT NULL,
    nps_4 integer NOT NULL, nps_5 integer NOT NULL, nps_6 integer NOT NULL, nps_7 integer NOT NULL,
    nps_8 integer NOT NULL, nps_9 integer NOT NULL, nps_10 integer NOT NULL,
    csat_1 integer NOT NULL, csat_2 integer NOT NULL, csat_3 integer NOT NULL, csat_4 integer NOT NULL,
    csat_5 integer NOT NULL,
    ces_1 integer NOT NULL, ces_2 integer NOT NULL, ces_3 integer NOT NULL, ces_4 integer NOT NULL,
    ces_5 integer NOT NULL, ces_6 integer NOT NULL, ces_7 integer NOT NULL,
    PRIMARY KEY (project_id, from_quarter, grouping, key_1, key_2, key_3)
);

-- The day has its groups. Whoever fills a day without making them (a process of the version before) leaves it without.
ALTER TABLE rollup_day_state ADD COLUMN grouped boolean NOT NULL DEFAULT false;

CREATE FUNCTION day_without_groups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.grouped := false;
    RETURN NEW;
END
$$;
CREATE TRIGGER rollup_day_filled BEFORE UPDATE ON rollup_day_state
    FOR EACH ROW WHEN (NEW.filled AND NOT OLD.filled AND NEW.grouped = OLD.grouped)
    EXECUTE FUNCTION day_without_groups();

-- What is filled is filled once more, with its groups.
UPDATE rollup_day_state SET filled = false;
