/* SPDX-License-Identifier: MIT */
#include "handlers.h"
#include "metrics/index.h"
#include "metrics_questions.h"
#include "metrics_reply.h"

#include <string.h>

/* A mean as its place between the worst and the best score. */
static struct estimate place_mean(const struct metrics_query *query, const struct metrics_counts *counts, size_t m)
{
    struct histogram histogram = metrics_published(&query->choice, counts, m);
    struct moments moments = moments_rescaled(metrics_definition(&query->choice, counts, m), &histogram);
    return score_of_mean(moments, query->level, 0, 100);
}

/* On 0..100. What is hidden is missing: the others would give it away. So is what is mixed. */
static enum status make_component(const struct metrics_query *query, const struct metrics_counts *counts, size_t m,
                                  double weight, struct index_component *component)
{
    struct score score;
    enum status status = metrics_score(query, counts, m, &score);
    enum statistic headline = STATISTIC_SHARE;
    if (!query->is_rescaled && !metrics_is_mixed(counts, m))
        headline = metrics_definition(&query->choice, counts, m)->headline;
    *component = (struct index_component){{score.value, score.interval}, weight};
    if (headline == STATISTIC_NET)
        component->estimate = score_rescale_net(component->estimate);
    else if (status == STATUS_OK && headline == STATISTIC_MEAN)
        component->estimate = place_mean(query, counts, m);
    return status;
}

static void write_component(struct buffer *json, const struct metrics_query *query, const struct metrics_counts *counts,
                            size_t m, const struct index_component *component)
{
    const char *name = query->choice.metrics[m].name;
    bool is_mixed = !query->is_rescaled && metrics_is_mixed(counts, m);
    buffer_string(json, "{\"metric\":");
    buffer_json_string(json, name, strlen(name));
    metrics_write_definition(json, query, counts, m);
    metrics_write_double(json, "weight", component->weight);
    buffer_format(json, ",\"n\":%lld", (long long)metrics_n(&query->choice, counts, m));
    metrics_write_double(json, "value", component->estimate.value);
    if (is_mixed)
        buffer_string(json, ",\"interval\":null");
    else
        metrics_write_interval(json, "interval", &component->estimate.interval);
    if (metrics_is_hidden(counts, m))
        metrics_write_boolean(json, "hidden", true);
    if (is_mixed || query->is_rescaled)
        metrics_write_definitions(json, query, counts, m);
    buffer_string(json, "}");
}

/* "value", "interval", "coverage", "components" */
static enum status write_index(struct buffer *json, const struct metrics_query *query,
                               const struct metrics_counts *counts, const struct metrics_weights *weights)
{
    struct index_component components[METRICS_MAX] = {{.weight = 0}};
    struct index_score index;
    size_t count = query->choice.count;
    enum status status = STATUS_OK;
    for (size_t m = 0; status == STATUS_OK && m < count; m++)
        status = make_component(query, counts, m, weights->of[m], &components[m]);
    if (status != STATUS_OK)
        return status;
    index = index_of(components, count);
    index.estimate.interval.level = query->level;
    buffer_string(json, "\"value\":");
    buffer_json_double(json, index.estimate.value);
    metrics_write_interval(json, "interval", &index.estimate.interval);
    metrics_write_double(json, "coverage", index.coverage);
    buffer_string(json, ",\"components\":[");
    for (size_t m = 0; m < count; m++) {
        buffer_string(json, m ? "," : "");
        write_component(json, query, counts, m, &components[m]);
    }
    buffer_string(json, "]");
    return STATUS_OK;
}

static enum status write(struct metrics_reply *reply, const struct metrics_query *query,
                         const struct metrics_groups *groups, const struct metrics_weights *weights)
{
    struct buffer *json = &reply->json;
    enum status status = STATUS_OK;
    metrics_reply_begin(reply, query, groups);
    buffer_string(json, ",\"scale\":\"0-100\",\"groups\":[");
    for (size_t i = 0; status == STATUS_OK && i < groups->shown; i++) {
        buffer_string(json, i ? ",{" : "{");
        metrics_write_labels(json, query, &groups->list[i]);
        buffer_string(json, query->column_count ? "," : "");
        status = write_index(json, query, &groups->list[i].now, weights);
        buffer_string(json, "}");
    }
    buffer_string(json, "],\"total\":{");
    if (status == STATUS_OK)
        status = write_index(json, query, &groups->now, weights);
    buffer_string(json, "}}\n");
    return status;
}

static void answer(struct request *request, struct connection *connection, struct arena *arena)
{
    struct metrics_query query;
    struct metrics_frame frame;
    struct metrics_groups groups;
    struct metrics_reply reply;
    struct metrics_weights weights = {{0}};

    if (!metrics_question_index(request, arena, &query, &weights) ||
        !metrics_read_groups(request, connection, arena, &query, &frame, &groups))
        return;
    metrics_groups_sort(&query, &groups);
    metrics_reply_send(request, &reply, write(&reply, &query, &groups, &weights));
}

/* GET /v1/metrics/index. */
enum outcome metrics_index(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    return metrics_run(request, connection, answer);
}
