# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables are shared with bench/run
# 2,000 live streams of numbers: what they take, and what they take from ingest.

streams=2000

open_streams() {
    local key out=$work/streams/opened
    key=$(awk '$1 == "metrics" { print $2; exit }' "$work/streams/streams.out")
    "$tools/streams" "${service_port[streams]}" "$key" "$streams" "$1" >"$out" &
    opener=$!
    wait_for "the streams" "$out" open "$work/streams/streams.log"
}

part_streams() {
    local opener before turn
    start_service streams "$work/streams" HARK_MAX_STREAMS=$streams HARK_MAX_CONNECTIONS=4096
    post_with_wrk streams 128 500 2 2 >/dev/null
    before=$(resident_mb streams)
    open_streams 8
    sleep 6 # a heartbeat, too
    sample streams.memory "$(echo "$before $(resident_mb streams)" | awk '{ print $2 - $1 }')"
    wait "$opener"
    for turn in $(seq "$repetitions"); do
        empty_tables "$work/streams"
        post streams.without streams 128 500 "$seconds"
        empty_tables "$work/streams"
        open_streams "$((seconds + 2))"
        post streams.with streams 128 500 "$seconds"
        wait "$opener"
        sample streams.least "$(tail -n 1 "$work/streams/opened" | cut -d ' ' -f 2)"
        sample streams.closed "$(tail -n 1 "$work/streams/opened" | cut -d ' ' -f 3)"
    done
}
