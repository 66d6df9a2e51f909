/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "etag.h"
#include "handlers.h"
#include "http/reply.h"
#include "metrics_groups.h"
#include "metrics_query.h"
#include "metrics_write.h"

/* False, with the problem set as reply. */
static bool read_calendar(struct request *request, struct connection *connection, struct arena *arena,
                          struct metrics_query *query)
{
    enum status status;
    if (!query->has_series)
        return true;
    status = calendar_read(connection, query->time_zone, query->unit, query->rollup.from, query->rollup.to, arena,
                           &query->calendar);
    query->rollup.calendar = &query->calendar;
    if (status == STATUS_TOO_LARGE) {
        reply_fault(request, NULL, "interval", "cuts the time into more than %d pieces", CALENDAR_BUCKETS_MAX);
        reply_problem(request, 422, "too-large", "Ask for a longer interval or a shorter time.");
    } else if (status != STATUS_OK) {
        problem_of_status(request, status, "metrics");
    }
    return status == STATUS_OK;
}

static bool read_groups(struct request *request, struct connection *connection, struct arena *arena,
                        const struct metrics_query *query, struct metrics_groups *groups)
{
    struct rollup rollup;
    enum status status = rollup_read(connection, &query->rollup, arena, &rollup);
    if (status == STATUS_OK && !metrics_groups_make(query, &rollup, arena, groups))
        status = STATUS_NO_MEMORY;
    if (status != STATUS_OK) {
        problem_of_status(request, status, "metrics");
        return false;
    }
    if (query->calendar.count * groups->shown <= METRICS_POINTS_MAX)
        return true;
    reply_fault(request, NULL, "interval", "%zu groups of %zu points are more than %d points", groups->shown,
                query->calendar.count, METRICS_POINTS_MAX);
    reply_problem(request, 422, "too-large", "Ask for a longer interval, a shorter time or a smaller limit.");
    return false;
}

static void send(struct request *request, const struct metrics_query *query, const struct metrics_groups *groups,
                 int64_t as_of_us)
{
    struct buffer json;
    size_t as_of_from;
    size_t as_of_to;
    char etag[ETAG_SIZE];
    enum status status;

    buffer_init(&json);
    status = metrics_write(&json, query, groups, as_of_us, &as_of_from, &as_of_to);
    if (status == STATUS_OK && json.failed)
        status = STATUS_NO_MEMORY;
    if (status != STATUS_OK) {
        buffer_clear(&json);
        problem_of_status(request, status, "metrics");
        return;
    }
    etag_make(json.data, json.size, as_of_from, as_of_to, etag);
    reply_header(request, "ETag", etag);
    reply_header(request, "Cache-Control", "no-cache");
    if (etag_is_listed(request_header(request, "If-None-Match"), etag)) {
        buffer_clear(&json);
        reply_empty(request, 304);
    } else {
        reply_json(request, 200, &json);
    }
}

static void answer(struct request *request, struct connection *connection, struct arena *arena)
{
    struct metrics_query query;
    struct metrics_groups groups;
    int64_t as_of_us;

    if (!metrics_query_make(request, &query) || !read_calendar(request, connection, arena, &query))
        return;
    as_of_us = clock_now_us();
    if (read_groups(request, connection, arena, &query, &groups))
        send(request, &query, &groups, as_of_us);
}

/* GET /v1/metrics. A wide question outgrows the request's arena, which is limited: what is read has one of its own, bounded
 * by ROLLUP_ROWS_MAX. */
enum outcome metrics_read(struct request *request, struct service *service, struct connection *connection)
{
    struct arena *arena = arena_new(0);
    (void)service;
    if (arena)
        answer(request, connection, arena);
    else
        problem_of_status(request, STATUS_NO_MEMORY, "metrics");
    arena_free(arena);
    return HANDLED;
}
