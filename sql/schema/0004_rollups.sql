-- How many answers of each score of the three built-in questions a cell holds in a quarter of an hour. Quarters, because India,
-- Nepal and Adelaide are off the hour: every local day is a sum of quarters.
-- slot: each writer leases one, so that no two writers ever wait for a row. Readers sum over slots; one slot's counter may
-- be negative (an edit goes to the slot of the writer that made it), the sum never is.
CREATE TABLE rollup_quarter (
    project_id integer NOT NULL,
    quarter integer NOT NULL,
    cell_id integer NOT NULL,
    slot smallint NOT NULL,
    nps_0 integer NOT NULL DEFAULT 0, nps_1 integer NOT NULL DEFAULT 0, nps_2 integer NOT NULL DEFAULT 0,
    nps_3 integer NOT NULL DEFAULT 0, nps_4 integer NOT NULL DEFAULT 0, nps_5 integer NOT NULL DEFAULT 0,
    nps_6 integer NOT NULL DEFAULT 0, nps_7 integer NOT NULL DEFAULT 0, nps_8 integer NOT NULL DEFAULT 0,
    nps_9 integer NOT NULL DEFAULT 0, nps_10 integer NOT NULL DEFAULT 0,
    csat_1 integer NOT NULL DEFAULT 0, csat_2 integer NOT NULL DEFAULT 0, csat_3 integer NOT NULL DEFAULT 0,
    csat_4 integer NOT NULL DEFAULT 0, csat_5 integer NOT NULL DEFAULT 0,
    ces_1 integer NOT NULL DEFAULT 0, ces_2 integer NOT NULL DEFAULT 0, ces_3 integer NOT NULL DEFAULT 0,
    ces_4 integer NOT NULL DEFAULT 0, ces_5 integer NOT NULL DEFAULT 0, ces_6 integer NOT NULL DEFAULT 0,
    ces_7 integer NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, quarter, cell_id, slot)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.1);

-- The same by local day of the project's time zone: a copy for long ranges that ingest never writes. A day is named by its
-- first quarter.
CREATE TABLE rollup_day (
    project_id integer NOT NULL,
    from_quarter integer NOT NULL,
    cell_id integer NOT NULL,
    nps_0 integer NOT NULL DEFAULT 0, nps_1 integer NOT NULL DEFAULT 0, nps_2 integer NOT NULL DEFAULT 0,
    nps_3 integer NOT NULL DEFAULT 0, nps_4 integer NOT NULL DEFAULT 0, nps_5 integer NOT NULL DEFAULT 0,
    nps_6 integer NOT NULL DEFAULT 0, nps_7 integer NOT NULL DEFAULT 0, nps_8 integer NOT NULL DEFAULT 0,
    nps_9 integer NOT NULL DEFAULT 0, nps_10 integer NOT NULL DEFAULT 0,
    csat_1 integer NOT NULL DEFAULT 0, csat_2 integer NOT NULL DEFAULT 0, csat_3 integer NOT NULL DEFAULT 0,
    csat_4 integer NOT NULL DEFAULT 0, csat_5 integer NOT NULL DEFAULT 0,
    ces_1 integer NOT NULL DEFAULT 0, ces_2 integer NOT NULL DEFAULT 0, ces_3 integer NOT NULL DEFAULT 0,
    ces_4 integer NOT NULL DEFAULT 0, ces_5 integer NOT NULL DEFAULT 0, ces_6 integer NOT NULL DEFAULT 0,
    ces_7 integer NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, from_quarter, cell_id)
);

-- Which days the copy holds. A day is read from rollup_day only where filled and not dirty; a late answer, an edit or an
-- erasure marks its day dirty in its own transaction, and it is read from its quarters until it is filled again.
CREATE TABLE rollup_day_state (
    project_id integer NOT NULL,
    from_quarter integer NOT NULL,
    to_quarter integer NOT NULL,
    filled boolean NOT NULL DEFAULT false,
    dirty boolean NOT NULL DEFAULT false,
    PRIMARY KEY (project_id, from_quarter)
) WITH (fillfactor = 80);
CREATE INDEX rollup_day_state_by_end ON rollup_day_state (project_id, to_quarter);
