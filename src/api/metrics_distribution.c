/* SPDX-License-Identifier: MIT */
#include "handlers.h"
#include "metrics_questions.h"
#include "metrics_reply.h"

/* "count", "share", "interval" of some of n answers. */
static void write_share(struct buffer *json, const struct metrics_query *query, int64_t count, int64_t n)
{
    const struct interval interval = interval_of_share(count, n, query->level);
    buffer_format(json, "\"count\":%lld", (long long)count);
    metrics_write_double(json, "share", 100 * (double)count / (double)n);
    metrics_write_interval(json, "interval", &interval);
    buffer_string(json, "}");
}

static void write_scores(struct buffer *json, const struct metrics_query *query, const struct histogram *histogram)
{
    buffer_string(json, ",\"scores\":[");
    for (int i = 0; i <= histogram->max - histogram->min; i++) {
        buffer_format(json, "%s{\"score\":%d,", i ? "," : "", histogram->min + i);
        write_share(json, query, histogram->counts[i], histogram_n(histogram));
    }
    buffer_string(json, "]");
}

static void write_bands(struct buffer *json, const struct metrics_query *query, const struct definition *definition,
                        const struct histogram *histogram)
{
    static const char *const names[] = {"satisfied", "neutral", "dissatisfied"};
    static const char *const names_of_nps[] = {"promoters", "passives", "detractors"};
    const char *const *used = definition->kind == METRIC_NPS ? names_of_nps : names;
    const struct bands bands = bands_of(definition, histogram);
    const int64_t counts[] = {bands.satisfied, bands.neutral, bands.dissatisfied};
    buffer_string(json, ",\"bands\":{");
    for (int i = 0; i < 3; i++) {
        buffer_format(json, "%s\"%s\":{", i ? "," : "", used[i]);
        write_share(json, query, counts[i], bands_n(bands));
    }
    buffer_string(json, "}");
}

/* Where the total is of several definitions, each number says which one it is of. */
static enum status write_number(struct buffer *json, const struct metrics_query *query,
                                const struct metrics_groups *groups, const struct metrics_counts *counts)
{
    size_t m = query->metric;
    enum status status = metrics_write_estimate(json, query, counts, m);
    struct histogram histogram;
    if (status != STATUS_OK)
        return status;
    if (metrics_is_mixed(&groups->now, m))
        metrics_write_definition(json, query, counts, m);
    if (metrics_is_hidden(counts, m) || metrics_is_mixed(counts, m)) {
        buffer_string(json, ",\"scores\":null,\"bands\":null");
        return STATUS_OK;
    }
    histogram = metrics_histogram(&query->choice, counts, m);
    write_scores(json, query, &histogram);
    write_bands(json, query, metrics_definition(&query->choice, counts, m), &histogram);
    return STATUS_OK;
}

static enum status write(struct metrics_reply *reply, const struct metrics_query *query,
                         const struct metrics_groups *groups)
{
    struct buffer *json = &reply->json;
    enum status status = STATUS_OK;
    metrics_reply_begin(reply, query, groups);
    metrics_write_metric(json, query, groups);
    buffer_string(json, ",\"groups\":[");
    for (size_t i = 0; status == STATUS_OK && i < groups->shown; i++) {
        buffer_string(json, i ? ",{" : "{");
        metrics_write_labels(json, query, &groups->list[i]);
        buffer_string(json, query->column_count ? "," : "");
        status = write_number(json, query, groups, &groups->list[i].now);
        buffer_string(json, "}");
    }
    buffer_string(json, "],\"total\":{");
    if (status == STATUS_OK)
        status = write_number(json, query, groups, &groups->now);
    buffer_string(json, "}}\n");
    return status;
}

static void answer(struct request *request, struct connection *connection, struct arena *arena)
{
    struct metrics_query query;
    struct metrics_frame frame;
    struct metrics_groups groups;
    struct metrics_reply reply;

    if (!metrics_question_distribution(request, arena, &query) ||
        !metrics_read_groups(request, connection, arena, &query, &frame, &groups))
        return;
    metrics_groups_sort(&query, &groups);
    metrics_reply_send(request, &reply, write(&reply, &query, &groups));
}

/* GET /v1/metrics/{metric}/distribution. */
enum outcome metrics_distribution(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    return metrics_run(request, connection, answer);
}
