# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables are shared with bench/run
# Resident memory of the service's process.

resident_mb() {
    awk '/^VmRSS/ { printf "%.1f\n", $2 / 1024 }' "/proc/${service_pid[$1]}/status"
}

part_memory() {
    local loaded
    start_service memory "$work/memory"
    sleep 1
    sample memory.idle "$(resident_mb memory)"
    post_with_wrk memory 1000 500 $((seconds * 2)) 2 >/dev/null &
    loaded=$!
    sleep $((seconds * 2 - 1))
    sample memory.loaded "$(resident_mb memory)"
    wait "$loaded"
}

# Ten minutes under full load on 1,000 connections, looked at each second.
part_soak() {
    local minutes=${SOAK_MINUTES:-10} second load
    start_service soak "$work/soak"
    post_with_wrk soak 1000 500 $((minutes * 60)) 2 >"$work/soak/samples" &
    load=$!
    for second in $(seq $((minutes * 60 - 5))); do
        sleep 1
        echo "$second,$(resident_mb soak)"
    done >"$results/soak.csv"
    wait "$load"
    sample soak.rate "$(cut -d ' ' -f 1 "$work/soak/samples")"
    sample soak.first "$(awk -F , '$1 > 50 && $1 <= 60 { sum += $2; n++ } END { print sum / n }' "$results/soak.csv")"
    sample soak.last "$(tail -n 10 "$results/soak.csv" | awk -F , '{ sum += $2 } END { print sum / NR }')"
    awk -f bench/plot.awk -v title='Resident memory over the soak, MB' "$results/soak.csv" >"$results/soak.svg"
}
