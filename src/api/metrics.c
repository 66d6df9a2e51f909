/* SPDX-License-Identifier: MIT */
#include "handlers.h"
#include "http/reply.h"
#include "metrics_options.h"
#include "metrics_reply.h"
#include "metrics_write.h"

static bool check_points(struct request *request, const struct metrics_frame *frame,
                         const struct metrics_groups *groups)
{
    if (frame->point_count * groups->shown <= METRICS_POINTS_MAX)
        return true;
    reply_fault(request, NULL, "interval", "%zu groups of %zu points are more than %d points", groups->shown,
                frame->point_count, METRICS_POINTS_MAX);
    reply_problem(request, 422, "too-large", "Ask for a longer interval, a shorter time or a smaller limit.");
    return false;
}

static bool find_earlier(struct request *request, struct connection *connection, struct metrics_query *query)
{
    enum status status = STATUS_OK;
    if (query->is_year_before) {
        query->earlier = query->now;
        status = calendar_year_before(connection, query->time_zone, &query->earlier.from, &query->earlier.to);
    }
    if (status != STATUS_OK)
        problem_of_status(request, status, "metrics");
    return status == STATUS_OK && metrics_options_check_earlier(request, query);
}

static void answer(struct request *request, struct connection *connection, struct arena *arena)
{
    struct metrics_query query;
    struct metrics_frame frame;
    struct metrics_groups groups;
    struct metrics_reply reply;

    if (!metrics_options_make(request, arena, &query) || (connection == NULL && !metrics_is_at_once(&query)) ||
        !find_earlier(request, connection, &query) ||
        !metrics_read_groups(request, connection, arena, &query, &frame, &groups) ||
        !check_points(request, &frame, &groups))
        return;
    metrics_groups_sort(&query, &groups);
    metrics_reply_send(request, &reply, metrics_write(&reply, &query, &frame, &groups, arena));
}

/* GET /v1/metrics. */
enum outcome metrics_read(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    return metrics_run(request, connection, answer);
}
