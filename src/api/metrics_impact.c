/* SPDX-License-Identifier: MIT */
#include "handlers.h"
#include "metrics/impact.h"
#include "metrics_questions.h"
#include "metrics_reply.h"

#include <math.h>

static enum status impact_of_rescaled(const struct metrics_query *query, const struct metrics_groups *groups,
                                      const struct metrics_group *group, struct impact *impact)
{
    const struct metrics_choice *choice = &query->choice;
    int64_t *rest = metrics_counters_new(choice, 1, query->arena);
    if (rest == NULL)
        return STATUS_NO_MEMORY;
    for (int i = 0; i < choice->width; i++)
        rest[i] = groups->now.counters[i] - group->now.counters[i];
    if (!metrics_is_valid(choice, rest, query->metric))
        return STATUS_INTERNAL;
    *impact = impact_of_means(metrics_rescaled(choice, groups->now.counters, query->metric),
                              metrics_rescaled(choice, group->now.counters, query->metric),
                              metrics_rescaled(choice, rest, query->metric));
    return STATUS_OK;
}

static enum status impact_of_scores(const struct metrics_query *query, const struct metrics_groups *groups,
                                    const struct metrics_group *group, struct impact *impact)
{
    struct histogram whole = metrics_histogram(&query->choice, &groups->now, query->metric);
    struct histogram part = metrics_histogram(&query->choice, &group->now, query->metric);
    return impact_of(metrics_definition(&query->choice, &groups->now, query->metric), &whole, &part, impact);
}

/* What is hidden has a volume, and no more. */
static enum status impact_of_group(const struct metrics_query *query, const struct metrics_groups *groups,
                                   const struct metrics_group *group, struct impact *impact)
{
    enum status status = query->is_rescaled ? impact_of_rescaled(query, groups, group, impact)
                                            : impact_of_scores(query, groups, group, impact);
    if (status == STATUS_OK && metrics_is_hidden(&group->now, query->metric))
        impact->score = impact->without = impact->impact = (double)NAN;
    return status;
}

/* The groups' values become their impacts, which they are sorted by. */
static enum status value_groups(const struct metrics_query *query, struct metrics_groups *groups)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < groups->count; i++) {
        struct impact impact = {.n = 0};
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
    status = metrics_write_estimate(json, query, &group->now, query->metric);
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
    metrics_write_metric(json, query, groups);
    buffer_string(json, ",\"groups\":[");
    for (size_t i = 0; status == STATUS_OK && i < groups->shown; i++) {
        buffer_string(json, i ? "," : "");
        status = write_group(json, query, groups, &groups->list[i]);
    }
    buffer_string(json, "],\"total\":{");
    if (status == STATUS_OK)
        status = metrics_write_estimate(json, query, &groups->now, query->metric);
    buffer_string(json, "}}\n");
    return status;
}

static void answer(struct request *request, struct connection *connection, struct arena *arena)
{
    struct metrics_query query;
    struct metrics_frame frame;
    struct metrics_groups groups;
    struct metrics_reply reply;

    if (metrics_question_impact(request, arena, &query) &&
        metrics_read_groups(request, connection, arena, &query, &frame, &groups))
        metrics_reply_send(request, &reply, write(&reply, &query, &groups));
}

/* GET /v1/metrics/{metric}/impact. */
enum outcome metrics_impact(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    return metrics_run(request, connection, answer);
}
