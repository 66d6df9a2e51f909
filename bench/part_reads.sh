# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables are shared with bench/run
# Questions about numbers, told from memory and read anew, beside a full ingest.

# One that repeats, and one that never does: whole days of UTC, the project's zone, and today.
question='/v1/metrics?group_by=channel,region'
new_question='/v1/metrics?group_by=channel,region&from={from}&limit={n}'

# fill_quarters FOLDER DAYS ANSWERS: rows of rollup_quarter as so many answers would have left them, spread over the quarters of an hour
# of DAYS up to the one before this and over all cells, and folded. No rows of responses: nothing that is measured here looks at one.
fill_quarters() {
    in_database "$1" >/dev/null <<SQL
WITH grid AS (
    SELECT c.project_id, quarter, c.id AS cell_id, row_number() OVER () - 1 AS i,
           (SELECT count(*) FROM cell) * $2 * 96 AS size
    FROM generate_series(extract(epoch FROM now())::int / 900 - $2 * 96, extract(epoch FROM now())::int / 900 - 1) AS quarter
    CROSS JOIN (SELECT * FROM cell ORDER BY id) AS c
), counted AS (
    SELECT project_id, quarter, cell_id, i, (i + 1) * $3::bigint / size - i * $3::bigint / size AS n
    FROM grid
)
INSERT INTO rollup_quarter (project_id, quarter, cell_id, slot, $(score_columns))
SELECT project_id, quarter, cell_id, -1, $(score_shares)
FROM counted
WHERE n > 0
ORDER BY quarter, cell_id
SQL
}

# Which score the k-th answer of a row has.
score_columns() {
    echo nps_{0..10} csat_{1..5} ces_{1..7} | sed 's/ /, /g'
}
score_shares() {
    local i
    {
        for i in {0..10}; do echo "(n + (i + $i) % 11) / 11"; done
        for i in {0..4}; do echo "(n + (i + $i) % 5) / 5"; done
        for i in {0..6}; do echo "(n + (i + $i) % 7) / 7"; done
    } | paste -s -d ,
}

# One answer of each cell, through the service, which so makes the cells; channels and regions as post.lua has them.
make_cells() {
    local lines=$work/cells
    awk -v regions="$2" -v touchpoints="$3" 'BEGIN {
        split("web app store phone email", channel, " ")
        split("checkout support delivery search account", named, " ")
        for (c = 1; c <= 5; c++) for (r = 0; r < regions; r++) for (t = 1; t <= touchpoints; t++)
            printf "{\"channel\":\"%s\",\"region\":\"ES-%c%c\",\"touchpoint\":\"%s\",\"answers\":{\"nps\":9,\"csat\":5,\"ces\":6}}\n",
                channel[c], 65 + int(r / 26), 65 + r % 26, t in named ? named[t] : "t" t
    }' >"$lines"
    curl --silent --show-error --output /dev/null -H "Authorization: Bearer ${service_key[$1]}" -H 'Expect:' \
        -H 'Content-Type: application/x-ndjson' --data-binary "@$lines" "http://127.0.0.1:${service_port[$1]}/v1/responses"
}

# Until the keeper has copied what it may.
wait_for_days() {
    local _
    for _ in $(seq 240); do
        [ "$(in_database "$1" --command "SELECT count(*) FILTER (WHERE NOT filled OR dirty) + (count(*) < $2)::int FROM rollup_day_state")" = 0 ] && return 0
        sleep 1
    done
    die "the days were not copied"
}

vacuum_rollups() {
    in_database "$1" --command 'VACUUM ANALYZE rollup_quarter, rollup_day, rollup_day_pack, rollup_day_state, cell, dimension_value'
}

# start_reads NAME FOLDER REGIONS TOUCHPOINTS DAYS ANSWERS: a service that has these answers, and its days copied.
start_reads() {
    use_a_while "$1" "$2"
    start_service "$1" "$2"
    make_cells "$1" "$3" "$4"
    empty_tables "$2"
    fill_quarters "$2" "$5" "$6"
    vacuum_rollups "$2"
    stop_service "$1"
    start_service "$1" "$2" # its keeper begins at once
    wait_for_days "$2" "$5"
    vacuum_rollups "$2"
    read_key=$(awk '$1 == "metrics" { print $2; exit }' "$2/$1.out")
}

# ask NAME SERVICE CONNECTIONS PATH [HEADER...]: samples NAME.rate (left in $rate, too), .p50, .p99, .longest, .failed, .bytes
ask() {
    local name=$1 service=$2 count=$3 path=$4 p50 p99 longest failed bytes
    shift 4
    read -r rate p50 p99 longest failed bytes < <(wrk -t 1 -c "$count" -d "${seconds}s" --timeout 10s --latency -s bench/read.lua \
        "http://127.0.0.1:${service_port[$service]}" -- "$read_key" "$path" "$@" | sed -n 's/^samples //p')
    sample "$name.rate" "${rate:-0}"
    sample "$name.p50" "${p50:-0}"
    sample "$name.p99" "${p99:-0}"
    sample "$name.longest" "${longest:-0}"
    sample "$name.failed" "${failed:-1}"
    sample "$name.bytes" "${bytes:-0}"
}

# beside_ingest SERVICE COMMAND...: while answers come in on 256 connections, over the cells that are asked about.
beside_ingest() {
    local service=$1 load
    shift
    wrk -t 2 -c 256 -d $((seconds + 4))s --timeout 10s -s bench/post.lua "http://127.0.0.1:${service_port[$service]}" -- \
        "${service_key[$service]}" 100 5 >/dev/null &
    load=$!
    sleep 2
    "$@"
    wait "$load"
}

# What one new question costs in CPU time, nothing else going on: samples reads.cost.service and .postgresql, in microseconds.
ask_with_cost() {
    local before after
    before="$(cpu_of_service "$1") $(cpu_of_postgresql "$2")"
    ask reads.alone "$1" 1 "$new_question"
    after="$(cpu_of_service "$1") $(cpu_of_postgresql "$2")"
    sample reads.cost.service "$(echo "$before $after $rate $seconds" | awk '{ printf "%.0f", ($3 - $1) / ($5 * $6) }')"
    sample reads.cost.postgresql "$(echo "$before $after $rate $seconds" | awk '{ printf "%.0f", ($4 - $2) / ($5 * $6) }')"
}

part_reads() {
    start_reads reads "$work/reads" 20 5 31 20000000
    ask reads.warm reads 4 "$new_question"
    ask reads.warm reads 1 "$question" 'Cache-Control: no-cache'
    for repetition in $(seq "$repetitions"); do
        ask_with_cost reads "$work/reads"
        beside_ingest reads ask reads.livez reads 8 /livez
        beside_ingest reads ask reads.same reads 8 "$question"
        beside_ingest reads ask reads.gzip reads 8 "$question" 'Accept-Encoding: gzip'
        beside_ingest reads ask reads.new reads 1 "$new_question"
    done
    stop_service reads
    start_reads reads_small "$work/reads_small" 20 5 31 200000
    ask reads.warm reads_small 4 "$new_question"
    for repetition in $(seq "$repetitions"); do
        ask reads.small reads_small 1 "$new_question"
    done
}

# A year by day over 100,000 cells, of which 2,000 are answered each day.
part_reads_wide() {
    local folder=$work/wide
    start_service wide "$folder"
    make_cells wide 200 100
    empty_tables "$folder"
    in_database "$folder" >/dev/null <<SQL
INSERT INTO rollup_quarter (project_id, quarter, cell_id, slot, nps_9, csat_5, ces_6)
SELECT c.project_id, extract(epoch FROM now())::int / 900 - 1 - d * 96 - c.id % 90, c.id, -1, 3, 3, 3
FROM generate_series(0, 364) AS d
JOIN cell c ON c.id % 50 = d % 50
SQL
    vacuum_rollups "$folder"
    stop_service wide
    start_service wide "$folder"
    wait_for_days "$folder" 365
    vacuum_rollups "$folder"
    read_key=$(awk '$1 == "metrics" { print $2; exit }' "$folder/wide.out")
    sample wide.cells "$(in_database "$folder" --command 'SELECT count(*) FROM cell')"
    for repetition in $(seq "$repetitions"); do
        ask wide.year wide 1 "/v1/metrics?interval=day&from=$(date -u -d '364 days ago' +%Y-%m-%dT00:00:00Z)&limit={n}"
        ask wide.year_by_channel wide 1 "/v1/metrics?interval=day&metric=nps&group_by=channel&from=$(date -u -d '364 days ago' +%Y-%m-%dT00:00:00Z)&limit={n}"
    done
}
