-- One customer's answers at one moment. Unique by (project, id), never by id alone: one tenant must not be able to
-- swallow another's row.
CREATE TABLE response (
    project_id integer NOT NULL,
    id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- The quarter of an hour that occurred_at falls in, counted from 1970: where the rollup counts it.
    quarter integer NOT NULL,
    cell_id integer NOT NULL,
    key_id integer NOT NULL,
    -- The built-in questions. An answer to any other is in answers.
    nps smallint CHECK (nps BETWEEN 0 AND 10),
    csat smallint CHECK (csat BETWEEN 1 AND 5),
    ces smallint CHECK (ces BETWEEN 1 AND 7),
    -- From a test key: never in a number.
    is_test boolean NOT NULL,
    -- Taken out of every number by an admin, until put back.
    excluded boolean NOT NULL DEFAULT false,
    -- Its customer asked for it: words and identifiers are gone, scores stay.
    erased boolean NOT NULL DEFAULT false,
    -- A hash of what was first submitted: tells a retry from a contradiction.
    content_hash bytea NOT NULL,
    customer_id text,
    interaction_id text,
    source text,
    comment text,
    tags text[],
    properties jsonb,
    -- Answers to further questions by definition id: {"17": {"score": 4}, "18": {"text": "…"}, "19": {"na": true}}.
    answers jsonb,
    PRIMARY KEY (project_id, id)
) WITH (fillfactor = 95, autovacuum_vacuum_insert_scale_factor = 0.05);

CREATE INDEX response_by_time ON response (project_id, occurred_at, id);
CREATE INDEX response_by_update ON response (project_id, updated_at, id);
CREATE INDEX response_by_customer ON response (project_id, customer_id) WHERE customer_id IS NOT NULL;

-- Something that a customer did or met at a touchpoint. The dimensions are in the cell.
CREATE TABLE event (
    project_id integer NOT NULL,
    id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    cell_id integer NOT NULL,
    key_id integer NOT NULL,
    is_test boolean NOT NULL,
    erased boolean NOT NULL DEFAULT false,
    content_hash bytea NOT NULL,
    action text NOT NULL,
    stage text,
    customer_id text,
    session_id text,
    interaction_id text,
    response_id uuid,
    duration_ms bigint CHECK (duration_ms >= 0),
    amount numeric(18, 4),
    currency text,
    source text,
    properties jsonb,
    PRIMARY KEY (project_id, id)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);

CREATE INDEX event_by_time ON event (project_id, occurred_at, id);
CREATE INDEX event_by_customer ON event (project_id, customer_id) WHERE customer_id IS NOT NULL;

-- What was erased and when, without saying whom: the receipts.
CREATE TABLE erasure (
    project_id integer NOT NULL,
    id uuid NOT NULL,
    erased_at timestamptz NOT NULL,
    key_id integer NOT NULL,
    responses bigint NOT NULL,
    events bigint NOT NULL,
    PRIMARY KEY (project_id, id)
);
