-- Who uses the service. These three tables are small and read whole by every process.

CREATE TABLE organization (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (char_length(name) BETWEEN 1 AND 64),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- A project is a tenant: every row of every table below starts its key with one.
CREATE TABLE project (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id integer NOT NULL REFERENCES organization,
    name text NOT NULL UNIQUE CHECK (char_length(name) BETWEEN 1 AND 64),
    time_zone text NOT NULL DEFAULT 'UTC',
    -- Names of up to four declared dimensions, in the order of cell.declared_1 … declared_4.
    dimensions text[] NOT NULL DEFAULT '{}' CHECK (cardinality(dimensions) <= 4),
    -- Ids that clients leave to us (source + external_id, Idempotency-Key) are an HMAC under this.
    secret bytea NOT NULL CHECK (octet_length(secret) = 32),
    -- Before it nothing is compared with rows: they were deleted by age.
    retention_horizon timestamptz NOT NULL DEFAULT '-infinity',
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE key (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id integer NOT NULL REFERENCES organization,
    -- NULL: opens every project of the organization.
    project_id integer REFERENCES project,
    scope smallint NOT NULL CHECK (scope BETWEEN 1 AND 4),
    is_test boolean NOT NULL DEFAULT false,
    -- SHA-256 of the key: the key itself is shown once and stored nowhere.
    digest bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    -- What a person can tell keys apart by: the first characters.
    prefix text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    -- A write key sits in web pages and apps: it never opens more than one project.
    CHECK (project_id IS NOT NULL OR scope <> 1)
);

-- Serving processes hold these tables in memory and listen for their changes.
CREATE FUNCTION notify_directory() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('hark_directory', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER organization_changed AFTER INSERT OR UPDATE OR DELETE ON organization
    FOR EACH STATEMENT EXECUTE FUNCTION notify_directory();
CREATE TRIGGER project_changed AFTER INSERT OR UPDATE OR DELETE ON project
    FOR EACH STATEMENT EXECUTE FUNCTION notify_directory();
CREATE TRIGGER key_changed AFTER INSERT OR UPDATE OR DELETE ON key
    FOR EACH STATEMENT EXECUTE FUNCTION notify_directory();
