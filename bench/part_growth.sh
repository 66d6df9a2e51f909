# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables are shared with bench/run
# What a table of 20 million answers (GROWTH_ROWS) changes. It takes some minutes to fill and some 8 GB of disk, until the end.

# fill_answers FOLDER FROM TO ROWS: the answers of these numbers, of ROWS that are spread evenly over a day, in the cells that are there.
fill_answers() {
    in_database "$1" >/dev/null <<SQL
WITH tenant AS (SELECT project_id, array_agg(id) AS cells FROM cell GROUP BY project_id ORDER BY count(*) DESC LIMIT 1),
answer AS (
    SELECT i, date_trunc('hour', now()) - interval '25 hours' + i * interval '24 hours' / $4 AS at
    FROM generate_series($2::bigint, $3::bigint - 1) AS i
)
INSERT INTO response (project_id, id, occurred_at, received_at, updated_at, quarter, cell_id, key_id, nps, csat, ces, is_test,
                      content_hash, comment)
SELECT project_id,
       (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7000a' || lpad(to_hex(i), 15, '0'))::uuid,
       at, at, at, extract(epoch FROM at)::bigint / 900, cells[1 + (i * 7919) % cardinality(cells)], 1, i % 11, 1 + i % 5, 1 + i % 7,
       false, decode(md5(i::text), 'hex'), 'Easy and quick'
FROM answer, tenant
ORDER BY i
SQL
}

fill_between() {
    local folder=$1 from=$2 to=$3 rows=$4 step=500000 at
    for ((at = from; at < to; at += step * 2)); do
        fill_answers "$folder" "$at" $((at + step < to ? at + step : to)) "$rows" &
        [ $((at + step)) -ge "$to" ] ||
            fill_answers "$folder" $((at + step)) $((at + step * 2 < to ? at + step * 2 : to)) "$rows"
        wait $!
    done
}

# The rollups of what is there, counted anew into an empty table.
count_anew() {
    in_database "$1" --command 'TRUNCATE rollup_quarter'
    HARK_DATA_DIR=$1/data HARK_STATEMENT_TIMEOUT=10m "$hark" verify --rebuild 2>&1 | tail -n 1
    in_database "$1" --command 'ANALYZE response, rollup_quarter'
}

rollup_mb() {
    in_database "$1" --command "SELECT round(pg_total_relation_size('rollup_quarter') / 1e6, 1)"
}

part_growth() {
    local full=$work/full empty=$work/empty
    : "${GROWTH_ROWS:=20000000}"
    start_service full "$full"
    start_service empty "$empty"
    post_with_wrk full 64 500 1 2 >/dev/null
    empty_tables "$full"
    fill_between "$full" 0 200000 200000
    count_anew "$full"
    sample growth.rollups.small "$(rollup_mb "$full")"
    fill_between "$full" 200000 "$GROWTH_ROWS" "$GROWTH_ROWS"
    count_anew "$full"
    sample growth.rollups.full "$(rollup_mb "$full")"
    sample growth.rows "$(rows_of "$full")"
    post_with_wrk empty 256 500 2 2 >/dev/null
    post_with_wrk full 256 500 2 2 >/dev/null
    for repetition in $(seq "$repetitions"); do
        empty_tables "$empty"
        post growth.empty empty 256 500 "$seconds"
        post growth.full full 256 500 "$seconds"
    done
}

# The keeper at its work beside the load: ten days with counters in three slots of 500 cells are folded and copied, by another process's
# keeper that begins when it starts.
part_keeper() {
    local folder=$work/keeper
    use_a_while keeper "$folder"
    start_service keeper "$folder"
    post_with_wrk keeper 64 500 1 2 >/dev/null
    for repetition in $(seq "$repetitions"); do
        empty_tables "$folder"
        post keeper.idle keeper 256 500 "$seconds"
        in_database "$folder" >/dev/null <<'SQL'
INSERT INTO rollup_quarter (project_id, quarter, cell_id, slot, nps_9, csat_5, ces_6)
SELECT c.project_id, extract(epoch FROM now())::bigint / 900 - 96 - q, c.id, 500 + s, 1, 1, 1
FROM generate_series(1, 240) q, (SELECT * FROM cell ORDER BY id LIMIT 500) c, generate_series(0, 2) s
SQL
        start_beside beside "$folder" keeper
        post keeper keeper 256 500 "$seconds"
        sample keeper.slots_left "$(in_database "$folder" --command \
            'SELECT count(*) FROM rollup_quarter WHERE slot >= 500')"
        stop_service beside
    done
}
