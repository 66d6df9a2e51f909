-- How long a project keeps what tells who said what; NULL: for ever. Then words and identifiers go, or the rows themselves.
ALTER TABLE project
    ADD COLUMN retain_days integer CHECK (retain_days BETWEEN 1 AND 36500),
    ADD COLUMN retain_mode text CHECK (retain_mode IN ('anonymise', 'delete')),
    ADD CHECK ((retain_days IS NULL) = (retain_mode IS NULL));

-- The random token under which a customer's answers were anonymised, for as long as others of the same customer are kept: one
-- person goes on counting as one. Found by a hash under the project's secret; it goes with the last of the other rows, or with an
-- erasure, and after that nothing leads from a person to a token.
CREATE TABLE customer_token (
    project_id integer NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    token text NOT NULL,
    PRIMARY KEY (project_id, digest)
);
ALTER TABLE customer_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON customer_token USING (project_id = ANY ((SELECT open_projects())::integer[]));
