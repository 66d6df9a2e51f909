-- Dimension values are small integers, and a combination of them is one: rollups stay narrow, and a value can be
-- renamed without rewriting what counts it.

-- dimension: 0 survey, 1 channel, 2 region, 3 touchpoint, 4 product, 5 segment, 6-9 declared, 10 country.
CREATE TABLE dimension_value (
    project_id integer NOT NULL,
    dimension smallint NOT NULL CHECK (dimension BETWEEN 0 AND 10),
    id integer NOT NULL CHECK (id > 0),
    value text NOT NULL,
    PRIMARY KEY (project_id, dimension, id),
    UNIQUE (project_id, dimension, value)
);

-- 0 stands for a missing value. country_id follows from region_id, so the unique key does without it.
CREATE TABLE cell (
    project_id integer NOT NULL,
    id integer NOT NULL CHECK (id > 0),
    survey_id integer NOT NULL,
    channel_id integer NOT NULL,
    region_id integer NOT NULL,
    touchpoint_id integer NOT NULL,
    product_id integer NOT NULL,
    segment_id integer NOT NULL,
    declared_1_id integer NOT NULL,
    declared_2_id integer NOT NULL,
    declared_3_id integer NOT NULL,
    declared_4_id integer NOT NULL,
    country_id integer NOT NULL,
    PRIMARY KEY (project_id, id),
    UNIQUE (project_id, survey_id, channel_id, region_id, touchpoint_id, product_id, segment_id,
            declared_1_id, declared_2_id, declared_3_id, declared_4_id)
);

-- The last id given out, by dimension, and by -1 for cells: dense ids, and the project's caps checked under its lock.
CREATE TABLE dictionary_counter (
    project_id integer NOT NULL,
    dimension smallint NOT NULL CHECK (dimension BETWEEN -1 AND 10),
    last_id integer NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, dimension)
);

-- What a question measures. project_id 0: built in, known to every project. A change of metric, scale or polarity is a
-- new version; answers keep the definition that they were given under.
CREATE TABLE question_definition (
    project_id integer NOT NULL,
    id integer NOT NULL CHECK (id > 0),
    survey text,
    question text NOT NULL,
    version smallint NOT NULL DEFAULT 1,
    metric text NOT NULL,
    scale_min smallint,
    scale_max smallint,
    -- 1: a high score is good; -1: a low score is good.
    polarity smallint NOT NULL DEFAULT 1 CHECK (polarity IN (-1, 1)),
    satisfied smallint[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, id),
    UNIQUE NULLS NOT DISTINCT (project_id, survey, question, version),
    CHECK (scale_min < scale_max)
);

INSERT INTO question_definition (project_id, id, question, metric, scale_min, scale_max, satisfied) VALUES
    (0, 1, 'nps', 'nps', 0, 10, '{9,10}'),
    (0, 2, 'csat', 'csat', 1, 5, '{4,5}'),
    (0, 3, 'ces', 'ces', 1, 7, '{5,6,7}');
