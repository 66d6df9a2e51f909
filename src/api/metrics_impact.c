/* SPDX-License-Identifier: MIT */
#include "handlers.h"
#include "metrics/impact.h"
#include "metrics_reply.h"

#include <math.h>

enum { AT_BY = METRICS_AT_OWN, AT_ORDER, AT_LIMIT };

static const struct {
    enum metrics_order order;
    bool is_descending;
} orders[] = {
    {METRICS_ORDER_VALUE, false}, {METRICS_ORDER_VALUE, true}, {METRICS_ORDER_N, false},
    {METRICS_ORDER_N, true},      {METRICS_ORDER_KEY, false},  {METRICS_ORDER_KEY, true},
};
static const char *const order_names[] = {"impact", "-impact", "n", "-n", "key", "-key", NULL};

const struct parameter metrics_impact_parameters[] = {
    METRICS_PARAMETERS,
    [AT_BY] = METRICS_PARAMETER_BY,
    [AT_ORDER] = {"order", PARAMETER_CHOICE, 0, 0, order_names},
    [AT_LIMIT] = METRICS_PARAMETER_LIMIT,
    {NULL, 0, 0, 0, NULL},
};

/* What is hidden has a volume, and no more. */
static enum status impact_of_group(const struct metrics_query *query, const struct metrics_groups *groups,
                                   const struct metrics_group *group, struct impact *impact)
{
    struct histogram whole = metrics_histogram(&groups->now, query->order_question);
    struct histogram part = metrics_histogram(&group->now, query->order_question);
    enum status status = impact_of(metrics_definition(query->order_question), &whole, &part, impact);
    if (metrics_is_hidden(&group->now, query->order_question))
        impact->score = impact->without = impact->impact = (double)NAN;
    return status;
}

/* The groups' values become their impacts, which they are sorted by. */
static enum status value_groups(const struct metrics_query *query, struct metrics_groups *groups)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < groups->count; i++) {
        struct impact impact;
        status = impact_of_group(query, groups, &groups->list[i], &impact);
        groups->list[i].value = impact.impact;
    }
    return status;
}

static enum status write_group(struct buffer *json, const struct metrics_query *query,
                               const struct metrics_groups *groups, const struct metrics_group *group)
{
    struct impact impact;
    enum status status = impact_of_group(query, groups, group, &impact);
    if (status != STATUS_OK)
        return status;
    buffer_string(json, "{");
    metrics_write_labels(json, query, group);
    buffer_string(json, ",");
    status = metrics_write_estimate(json, query, &group->now, query->order_question);
    metrics_write_double(json, "volume_share", impact.volume_share);
    metrics_write_double(json, "without", impact.without);
    metrics_write_double(json, "impact", impact.impact);
    buffer_string(json, "}");
    return status;
}

static enum status write(struct metrics_reply *reply, const struct metrics_query *query, struct metrics_groups *groups)
{
    struct buffer *json = &reply->json;
    enum status status = value_groups(query, groups);
    metrics_groups_sort(query, groups);
    metrics_reply_begin(reply, query, groups);
    metrics_write_metric(json, query);
    buffer_string(json, ",\"groups\":[");
    for (size_t i = 0; status == STATUS_OK && i < groups->shown; i++) {
        buffer_string(json, i ? "," : "");
        status = write_group(json, query, groups, &groups->list[i]);
    }
    buffer_string(json, "],\"total\":{");
    if (status == STATUS_OK)
        status = metrics_write_estimate(json, query, &groups->now, query->order_question);
    buffer_string(json, "}}\n");
    return status;
}

static void answer(struct request *request, struct connection *connection, struct arena *arena)
{
    struct metrics_query query;
    struct metrics_frame frame;
    struct metrics_groups groups;
    struct metrics_reply reply;
    const struct parameter_value *order = request_parameter(request, AT_ORDER);

    if (!metrics_query_of_path(request, &query))
        return;
    metrics_query_columns(request, &query, "by", request_parameter(request, AT_BY), true);
    metrics_query_limit(&query, request_parameter(request, AT_LIMIT));
    query.order = orders[order->is_set ? order->integer : 0].order;
    query.is_descending = orders[order->is_set ? order->integer : 0].is_descending;
    if (metrics_query_end(request) && metrics_read_groups(request, connection, arena, &query, &frame, &groups))
        metrics_reply_send(request, &reply, write(&reply, &query, &groups));
}

/* GET /v1/metrics/{metric}/impact. */
enum outcome metrics_impact(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    return metrics_run(request, connection, answer);
}
