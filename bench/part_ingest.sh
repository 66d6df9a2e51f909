# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables are shared with bench/run
# Single POSTs and one large upload, against Fastify + pg and against COPY, in turn.

part_ingest() {
    local folder=$work/ingest count cells has_baseline=false
    use_a_while ingest "$folder"
    start_service ingest "$folder"
    start_baseline "$folder" && has_baseline=true
    for repetition in $(seq "$repetitions"); do
        for cells in 500 1; do
            empty_tables "$folder"
            copy "copy.$cells" "$folder" "$cells" "$seconds"
            for count in "${connections[@]}"; do
                empty_tables "$folder"
                if [ "$cells.$count" = 500.256 ]; then
                    post_with_cost "post.$cells.$count" ingest "$folder" "$count" "$cells" "$seconds"
                else
                    post "post.$cells.$count" ingest "$count" "$cells" "$seconds"
                fi
            done
        done
        for count in "${connections[@]}"; do
            [ "$has_baseline" = true ] && post "fastify.$count" fastify "$count" 500 "$seconds"
        done
    done
    stop_service fastify
}

part_served() {
    local count
    start_service served "$work/served"
    for count in "${connections[@]}"; do
        served "served.$count" served "$count" "$seconds"
    done
}

part_bulk() {
    local folder=$work/bulk
    start_service bulk "$folder"
    write_lines 200000 500 >"$folder/lines"
    bulk bulk.warm bulk "$folder/lines"
    for repetition in $(seq "$repetitions"); do
        empty_tables "$folder"
        copy bulk.copy "$folder" 500 "$seconds"
        empty_tables "$folder"
        bulk bulk.500 bulk "$folder/lines"
    done
}

# A disk whose flush takes 4 ms, acted by PostgreSQL itself: every commit waits that long before it flushes.
part_slow() {
    local folder=$work/slow others=(slow_2 slow_3) loads=() name
    use_a_while slow "$folder"
    start_service slow "$folder"
    set_postgresql "$folder" 'commit_delay = 4000' 'commit_siblings = 0'
    for name in "${others[@]}"; do
        start_beside "$name" "$folder" slow
    done
    for repetition in $(seq "$repetitions"); do
        empty_tables "$folder"
        copy slow.copy "$folder" 500 "$seconds"
        empty_tables "$folder"
        for name in slow "${others[@]}"; do
            post_with_wrk "$name" 340 500 "$seconds" 1 >"$folder/$name.samples" &
            loads+=($!)
        done
        wait "${loads[@]}"
        loads=()
        sample slow.post.rate "$(cat "$folder"/*.samples | awk '{ sum += $1 } END { print sum }')"
        sample slow.post.p99 "$(cat "$folder"/*.samples | awk '$3 > most { most = $3 } END { print most }')"
    done
}
