# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables are shared with bench/run
# For bench/run: the loads. Each prints its figures, or notes them as samples.

# post NAME SERVICE CONNECTIONS CELLS SECONDS: single POSTs on keep-alive connections. Samples NAME.rate, .p50, .p99, .failed
post() {
    local name=$1 rate p50 p99 longest failed
    read -r rate p50 p99 longest failed < <(post_with_wrk "$2" "$3" "$4" "$5" 2)
    sample "$name.rate" "${rate:-0}"
    sample "$name.p50" "${p50:-0}"
    sample "$name.p99" "${p99:-0}"
    sample "$name.longest" "${longest:-0}"
    sample "$name.failed" "${failed:-1}"
}

post_with_wrk() {
    wrk -t "$5" -c "$2" -d "$4s" --timeout 10s --latency -s bench/post.lua "http://127.0.0.1:${service_port[$1]}" -- \
        "${service_key[$1]}" "$3" | sed -n 's/^samples //p'
}

# The same, and what it cost in CPU time: samples cost.service and cost.postgresql, microseconds a POST.
post_with_cost() {
    local name=$1 service=$2 folder=$3 connections=$4 cells=$5 seconds=$6 rows before after
    before="$(cpu_of_service "$service") $(cpu_of_postgresql "$folder") $(rows_of "$folder")"
    post "$name" "$service" "$connections" "$cells" "$seconds"
    after="$(cpu_of_service "$service") $(cpu_of_postgresql "$folder") $(rows_of "$folder")"
    rows=$(echo "$before $after" | awk '{ print $6 - $3 }')
    sample cost.service "$(echo "$before $after $rows" | awk '{ printf "%.1f", ($4 - $1) / $7 }')"
    sample cost.postgresql "$(echo "$before $after $rows" | awk '{ printf "%.1f", ($5 - $2) / $7 }')"
}

rows_of() {
    in_database "$1" --command 'SELECT count(*) FROM response'
}

# copy NAME FOLDER CELLS SECONDS: the yardstick, batches of 500 on one connection. A project of its own: ids of another.
copy() {
    sample "$1.rate" "$("$tools/copy_rows" "$(database_of "$2")" 1000000 "$3" 500 "$4")"
}

# use_a_while NAME FOLDER: a PostgreSQL that is new makes the files of its log as it goes, and for each of them everybody waits, for some 50 ms on
# a busy disk. One that has been in use has them. It is left empty and stopped.
use_a_while() {
    start_service "$1" "$2"
    "$tools/copy_rows" "$(database_of "$2")" 1000000 500 500 "$use_seconds" >/dev/null
    empty_tables "$2"
    stop_service "$1"
}

# One NDJSON file of LINES answers over CELLS cells.
write_lines() {
    awk -v lines="$1" -v cells="$2" 'BEGIN {
        split("web app store phone email", channel, " ")
        for (i = 0; i < lines; i++) {
            region = int(i % cells / 5)
            printf "{\"channel\":\"%s\",\"region\":\"ES-%c%c\",\"answers\":{\"nps\":%d,\"csat\":%d,\"ces\":%d},\"comment\":\"Easy and quick\"}\n",
                channel[i % cells % 5 + 1], 65 + int(region / 26), 65 + region % 26, i % 11, i % 5 + 1, i % 7 + 1
        }
    }'
}

# bulk NAME SERVICE FILE: one upload, lines a second; 0 where not every line was taken.
bulk() {
    local lines seconds reply=$work/bulk.reply
    lines=$(wc -l <"$3")
    seconds=$(curl --silent --show-error --output "$reply" --write-out '%{time_total}' -H "Authorization: Bearer ${service_key[$2]}" \
        -H 'Content-Type: application/x-ndjson' -H 'Expect:' --data-binary "@$3" "http://127.0.0.1:${service_port[$2]}/v1/responses")
    grep -q "\"accepted\":$lines," "$reply" || lines=0
    sample "$1.rate" "$(awk -v lines="$lines" -v seconds="$seconds" 'BEGIN { printf "%.1f", lines / seconds }')"
}

# served NAME SERVICE CONNECTIONS SECONDS: the fewest replies that a connection got.
served() {
    local least most refused
    read -r least most refused < <("$tools/connections" "${service_port[$2]}" "${service_key[$2]}" "$3" "$4")
    sample "$1.least" "${least:-0}"
    sample "$1.most" "${most:-0}"
    sample "$1.refused" "${refused:-1}"
}
