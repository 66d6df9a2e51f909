# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables are shared with bench/run
# For bench/run: where it runs, and on what.

describe_machine() {
    echo "date        $(date -u +%Y-%m-%dT%H:%MZ)"
    echo "commit      $(git rev-parse --short HEAD 2>/dev/null || echo unknown)$(git diff --quiet HEAD 2>/dev/null || echo ', changed')"
    echo "machine     $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)"
    echo "kernel      $(uname -sr)"
    echo "PostgreSQL  $("$(pg_config --bindir)/postgres" --version | sed 's/^[^0-9]*//')"
    echo "wrk         $(wrk --version 2>&1 | sed -n '1s/^wrk \([^ ]*\).*/\1/p')"
    command -v node >/dev/null && echo "node        $(node --version)"
    echo "libraries   libmicrohttpd $(pkg-config --modversion libmicrohttpd), libpq $(pkg-config --modversion libpq), jansson $(pkg-config --modversion jansson)"
}

# Microseconds that one fdatasync of 8 kB takes.
flush_us() {
    "$(pg_config --bindir)/pg_test_fsync" -s 1 -f "$work/fsync" 2>/dev/null |
        awk '$1 == "fdatasync" { print $(NF - 1); exit }'
    rm -f "$work/fsync"
}

# What else is at work distorts the figures, so it is said.
load_average() {
    cut -d ' ' -f 1 /proc/loadavg
}
