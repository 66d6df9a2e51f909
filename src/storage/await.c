/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/log.h"
#include "connection.h"

#include <poll.h>

/* A server that answers ends a statement that takes too long by itself; past this much more it has stopped answering. */
enum { GRACE_MS = 2000 };

static int left_ms(int64_t until_us)
{
    int64_t left_us = until_us - clock_monotonic_us();
    return left_us > 0 ? (int)(left_us / 1000) + 1 : 0;
}

/* False: the time is up, or the socket broke. */
static bool wait_for(PGconn *pg, short events, int64_t until_us)
{
    struct pollfd polled = {.fd = PQsocket(pg), .events = events};
    int ready;
    do
        ready = poll(&polled, 1, until_us == 0 ? -1 : left_ms(until_us));
    while (ready < 0 && (until_us == 0 || left_ms(until_us) > 0)); /* a signal */
    return ready > 0;
}

static bool flush(PGconn *pg, int64_t until_us)
{
    int unsent;
    while ((unsent = PQflush(pg)) == 1)
        /* The server may have to be read from before it reads on. */
        if (!wait_for(pg, POLLIN | POLLOUT, until_us) || !PQconsumeInput(pg))
            return false;
    return unsent == 0;
}

static bool has_result(PGconn *pg, int64_t until_us)
{
    while (PQisBusy(pg))
        if (!wait_for(pg, POLLIN, until_us) || !PQconsumeInput(pg))
            return false;
    return true;
}

static bool is_error(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;
}

static PGresult *give_up(struct connection *connection, PGresult *kept, int64_t until_us)
{
    PQclear(kept);
    connection->is_broken = true;
    if (until_us != 0 && left_ms(until_us) == 0)
        log_error("PostgreSQL has stopped answering: the session is dropped");
    return NULL;
}

PGresult *connection_await(struct connection *connection)
{
    int timeout_ms = connection->options.statement_timeout_ms;
    int64_t until_us = timeout_ms ? clock_monotonic_us() + ((int64_t)timeout_ms + GRACE_MS) * 1000 : 0;
    PGresult *kept = NULL;

    if (!flush(connection->pg, until_us))
        return give_up(connection, kept, until_us);
    for (;;) {
        PGresult *next;
        if (!has_result(connection->pg, until_us))
            return give_up(connection, kept, until_us);
        next = PQgetResult(connection->pg);
        if (next == NULL)
            return kept;
        if (kept && is_error(kept)) {
            PQclear(next);
            continue;
        }
        PQclear(kept);
        kept = next;
    }
}
