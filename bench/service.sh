# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables are shared with bench/run
# For bench/run: Hark with a PostgreSQL of its own in a folder of its own, and what is beside it. Everything listens on the
# loopback only, and ends with the run.

declare -A service_pid service_port service_key

# start_service NAME FOLDER [SETTING=VALUE...]: a free port, and the write key that quickstart prints.
start_service() {
    local name=$1 folder=$2 out=$2/$1.out
    shift 2
    mkdir -p "$folder" && chmod 755 "$folder"
    env HARK_LISTEN=127.0.0.1:0 HARK_DATA_DIR="$folder/data" HARK_ACCESS_LOG=off "$@" \
        "$hark" serve --quickstart >"$out" 2>"$folder/$name.log" &
    service_pid[$name]=$!
    wait_for "$name" "$out" 'Hark listens on' "$folder/$name.log"
    service_port[$name]=$(sed -n 's/^Hark listens on .*:\([0-9]*\)$/\1/p' "$out")
    service_key[$name]=$(awk '$1 == "write" { print $2; exit }' "$out")
}

# start_beside NAME FOLDER SERVICE: one more process on the database of SERVICE, with the same keys.
start_beside() {
    local name=$1 log=$2/$1.log
    env HARK_LISTEN=127.0.0.1:0 HARK_DATABASE_URL="postgresql:///hark?host=$2/data/run&user=hark" HARK_ACCESS_LOG=off \
        "$hark" serve 2>"$log" &
    service_pid[$name]=$!
    wait_for "$name" "$log" '"msg":"listening"' "$log"
    service_port[$name]=$(sed -n 's/.*"address":"[^"]*:\([0-9]*\)".*/\1/p' "$log" | head -n 1)
    service_key[$name]=${service_key[$3]}
}

# wait_for NAME FILE TEXT LOG: up to 30 seconds.
wait_for() {
    for _ in $(seq 300); do
        grep -q "$3" "$2" 2>/dev/null && return 0
        sleep 0.1
    done
    tail -n 5 "$4" >&2
    die "$1 did not start"
}

stop_service() {
    local pid=${service_pid[$1]:-}
    [ -n "$pid" ] || return 0
    kill -TERM "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    unset "service_pid[$1]"
}

stop_all() {
    local name
    for name in "${!service_pid[@]}"; do
        stop_service "$name"
    done
}

# Where libpq finds the private PostgreSQL of a folder.
database_of() {
    echo "host=$1/data/run user=hark dbname=hark"
}

in_database() {
    local folder=$1
    shift
    psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$(database_of "$folder")" "$@"
}

# Empties what answers fill, so that each turn finds the same. The dictionary of dimension values stays: Hark has it in memory.
empty_tables() {
    in_database "$1" >/dev/null <<'SQL'
SELECT 'TRUNCATE ' || string_agg(quote_ident(relname), ', ') AS statement FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND (relname IN ('response', 'event') OR relname LIKE 'rollup%')
\gexec
SQL
}

# Settings of its PostgreSQL, read again without a restart.
set_postgresql() {
    local data=$1/data/postgres
    shift
    printf '%s\n' "$@" >>"$data/postgresql.conf"
    kill -HUP "$(head -n 1 "$data/postmaster.pid")"
    sleep 0.5
}

# CPU time so far, in microseconds: of the service, and of its PostgreSQL with all its sessions.
cpu_of_service() {
    cpu_us "${service_pid[$1]}"
}

cpu_of_postgresql() {
    local postmaster
    postmaster=$(head -n 1 "$1/data/postgres/postmaster.pid")
    # shellcheck disable=SC2046  # a list of process ids
    cpu_us "$postmaster" $(pgrep -P "$postmaster")
}

cpu_us() {
    local pid files=()
    for pid in "$@"; do
        files+=("/proc/$pid/stat")
    done
    cat "${files[@]}" 2>/dev/null | sed 's/^.*) //' | awk -v ticks="$(getconf CLK_TCK)" '{ sum += $12 + $13 } END { printf "%.0f\n", sum * 1e6 / ticks }'
}

# start_baseline FOLDER: Fastify and pg on the same PostgreSQL; false, with a note, where npm is not there.
start_baseline() {
    local folder=$1 port=$((20000 + RANDOM % 10000))
    if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
        note "Fastify + pg left out: npm is not here"
        return 1
    fi
    mkdir -p "$folder/baseline"
    cp bench/baseline/package.json bench/baseline/server.js "$folder/baseline/"
    if ! (cd "$folder/baseline" && npm install --no-audit --no-fund --loglevel=error >npm.log 2>&1); then
        note "Fastify + pg left out: npm could not install it"
        return 1
    fi
    (cd "$folder/baseline" && PGHOST=$folder/data/run PGUSER=hark PGDATABASE=hark exec node server.js "$port") \
        >"$folder/baseline/out" 2>"$folder/baseline/log" &
    service_pid[fastify]=$!
    wait_for "the baseline" "$folder/baseline/out" ready "$folder/baseline/log"
    service_port[fastify]=$port
    service_key[fastify]=none
}
