-- Surveys that a project defines: which questions they ask, and on which scales.

CREATE TABLE survey (
    project_id integer NOT NULL,
    key text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 64),
    -- The current one. A change of a question's metric, scale or polarity, and a question that comes or goes, start a new version.
    version integer NOT NULL CHECK (version > 0),
    -- A text, or texts by language.
    title jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- No form any more, and answers are not checked; what was answered keeps its meaning. Versions are counted on if it comes back.
    deleted_at timestamptz,
    PRIMARY KEY (project_id, key)
);

CREATE TABLE survey_version (
    project_id integer NOT NULL,
    survey text NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (project_id, survey, version)
);

-- The questions of a version, in the order in which they are asked. A question that did not change has the same definition in
-- several versions, so that its numbers go on.
CREATE TABLE survey_question (
    project_id integer NOT NULL,
    survey text NOT NULL,
    version integer NOT NULL,
    place smallint NOT NULL,
    question text NOT NULL,
    definition_id integer NOT NULL,
    wording jsonb,
    PRIMARY KEY (project_id, survey, version, question)
);

-- question_definition.version is the survey's version that brought it. Ids up to 100 are those of built-in questions, which an
-- answer of a survey has too when it is the standard metric on its standard scale. satisfied, dissatisfied and headline are
-- ways to read the same answers and change in place.
ALTER TABLE question_definition
    ALTER COLUMN version TYPE integer,
    ADD COLUMN dissatisfied smallint[] NOT NULL DEFAULT '{}',
    ADD COLUMN headline text;
UPDATE question_definition SET dissatisfied = '{0,1,2,3,4,5,6}' WHERE project_id = 0 AND id = 1;

-- Which version an answer to a defined survey was checked against. Its answers to questions other than the built-in ones are in
-- answers, by definition id: {"101": 6, "102": 3}.
ALTER TABLE response ADD COLUMN survey_version integer;

-- Serving processes hold surveys in memory; whatever changes one touches its row.
CREATE TRIGGER survey_changed AFTER INSERT OR UPDATE OR DELETE ON survey
    FOR EACH STATEMENT EXECUTE FUNCTION notify_directory();

-- As rollup_quarter, for the questions in response.answers: n_0 counts the lowest score of the definition's scale.
CREATE TABLE rollup_question_quarter (
    project_id integer NOT NULL,
    quarter integer NOT NULL,
    cell_id integer NOT NULL,
    definition_id integer NOT NULL,
    slot smallint NOT NULL,
    n_0 integer NOT NULL, n_1 integer NOT NULL, n_2 integer NOT NULL, n_3 integer NOT NULL, n_4 integer NOT NULL,
    n_5 integer NOT NULL, n_6 integer NOT NULL, n_7 integer NOT NULL, n_8 integer NOT NULL, n_9 integer NOT NULL,
    n_10 integer NOT NULL,
    PRIMARY KEY (project_id, quarter, cell_id, definition_id, slot)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.1);

-- As rollup_day, of the same days: rollup_day_state tells of both.
CREATE TABLE rollup_question_day (
    project_id integer NOT NULL,
    from_quarter integer NOT NULL,
    cell_id integer NOT NULL,
    definition_id integer NOT NULL,
    n_0 integer NOT NULL, n_1 integer NOT NULL, n_2 integer NOT NULL, n_3 integer NOT NULL, n_4 integer NOT NULL,
    n_5 integer NOT NULL, n_6 integer NOT NULL, n_7 integer NOT NULL, n_8 integer NOT NULL, n_9 integer NOT NULL,
    n_10 integer NOT NULL,
    PRIMARY KEY (project_id, from_quarter, cell_id, definition_id)
);
