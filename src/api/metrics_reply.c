/* SPDX-License-Identifier: MIT */
#include "metrics_reply.h"

#include "api/service.h"
#include "base/timestamp.h"
#include "cubes.h"
#include "etag.h"
#include "http/reply.h"
#include "metrics_mixing.h"
#include "write.h"

#include <math.h>
#include <string.h>

/* A wide question outgrows the request's arena, which is limited: what is read has one of its own, bounded by
 * ROLLUP_ROWS_MAX. */
enum outcome metrics_run(struct request *request, struct connection *connection, metrics_answer_fn *answer)
{
    struct arena *arena = arena_new(0);
    if (arena)
        answer(request, connection, arena);
    else
        problem_of_status(request, STATUS_NO_MEMORY, "metrics");
    arena_free(arena);
    return HANDLED;
}

/* A number takes 3 to 5 us. */
enum { NUMBERS_AT_ONCE = 400 };

bool metrics_is_at_once(const struct metrics_query *query)
{
    return !query->has_series && !query->has_earlier && query->dedupe == DEDUPE_ALL;
}

static enum status tell_rollup(struct request *request, struct metrics_query *query, struct arena *arena,
                               struct rollup *rollup)
{
    size_t metrics = query->choice.count;
    bool is_told = metrics > 0 && cubes_tell_at_once(request, &query->rollup, NUMBERS_AT_ONCE / metrics, arena, rollup,
                                                     &query->as_of_us);
    return is_told ? STATUS_OK : STATUS_UNAVAILABLE;
}

static enum status read_rollup(struct request *request, struct connection *connection, struct metrics_query *query,
                               const struct metrics_frame *frame, struct arena *arena, struct rollup *rollup)
{
    if (connection == NULL)
        return tell_rollup(request, query, arena, rollup);
    if (query->dedupe == DEDUPE_ALL &&
        cubes_answer(request, connection, &query->rollup, arena, rollup, &query->as_of_us))
        return STATUS_OK;
    if (query->dedupe == DEDUPE_ALL)
        return rollup_read(connection, &query->rollup, arena, rollup);
    return dedupe_read(connection, &query->rollup, query->dedupe, frame->windows, frame->window_count,
                       DEDUPE_RESPONSES_MAX, arena, rollup);
}

static void send_problem(struct request *request, const struct metrics_query *query, enum status status)
{
    if (query->dedupe == DEDUPE_ALL || status != STATUS_INVALID) {
        problem_of_status(request, status, "metrics");
        return;
    }
    reply_fault(request, NULL, "dedupe", "reads at most %d responses, and there are more in the time asked for",
                DEDUPE_RESPONSES_MAX);
    reply_problem(request, 422, "too-large", "Ask for a shorter time.");
}

static enum status read_once(struct request *request, struct connection *connection, struct arena *arena,
                             struct metrics_query *query, const struct metrics_frame *frame,
                             struct metrics_groups *groups)
{
    struct rollup rollup;
    enum status status;
    if (!metrics_choice_settle(&query->choice, &query->rollup, query->dedupe != DEDUPE_ALL, arena))
        return STATUS_NO_MEMORY;
    status = read_rollup(request, connection, query, frame, arena, &rollup);
    return status == STATUS_OK ? metrics_groups_make(query, frame, &rollup, arena, groups) : status;
}

/* Of a customer's answers the one that counts was chosen before the series was cut, and may be one that was left out: so
 * the choice is made again, among the others. */
static enum status read_again(struct request *request, struct connection *connection, struct arena *arena,
                              struct metrics_query *query, const struct metrics_frame *frame,
                              struct metrics_groups *groups)
{
    struct metrics_cut *cuts = groups->cuts;
    size_t cut_count = groups->cut_count;
    enum status status = read_once(request, connection, arena, query, frame, groups);
    groups->cuts = cuts;
    groups->cut_count = cut_count;
    return status;
}

bool metrics_read_groups(struct request *request, struct connection *connection, struct arena *arena,
                         struct metrics_query *query, struct metrics_frame *frame, struct metrics_groups *groups)
{
    enum status status;
    if (!metrics_frame_make(request, connection, arena, query, frame))
        return false;
    status = read_once(request, connection, arena, query, frame, groups);
    if (status == STATUS_OK && groups->cut_count > 0 && query->dedupe != DEDUPE_ALL)
        status = read_again(request, connection, arena, query, frame, groups);
    if (status != STATUS_OK && connection)
        send_problem(request, query, status);
    return status == STATUS_OK && metrics_mixing_check(request, query, frame, groups, arena);
}

void metrics_write_quarter(struct buffer *json, const char *name, int32_t quarter)
{
    char text[TIMESTAMP_TEXT_SIZE];
    buffer_format(json, "\"%s\":\"%s\"", name, timestamp_format(quarter_start_us(quarter), text));
}

/* Names are ours, and need no escapes. buffer_format would take ten times as long, and there are thousands. */
static void write_name(struct buffer *json, const char *name)
{
    buffer_append(json, ",\"", 2);
    buffer_string(json, name);
    buffer_append(json, "\":", 2);
}

void metrics_write_integer(struct buffer *json, const char *name, int64_t value)
{
    write_name(json, name);
    buffer_integer(json, value);
}

void metrics_write_string(struct buffer *json, const char *name, const char *value)
{
    write_name(json, name);
    buffer_append(json, "\"", 1);
    buffer_string(json, value);
    buffer_append(json, "\"", 1);
}

void metrics_write_double(struct buffer *json, const char *name, double value)
{
    write_name(json, name);
    buffer_json_double(json, value);
}

void metrics_write_boolean(struct buffer *json, const char *name, bool value)
{
    write_name(json, name);
    buffer_string(json, value ? "true" : "false");
}

void metrics_write_interval(struct buffer *json, const char *name, const struct interval *interval)
{
    write_name(json, name);
    buffer_string(json, "{\"level\":");
    buffer_json_double(json, interval->level);
    metrics_write_double(json, "lower", interval->lower);
    metrics_write_double(json, "upper", interval->upper);
    metrics_write_string(json, "method", method_name(interval->method));
    buffer_append(json, "}", 1);
}

void metrics_write_comparison(struct buffer *json, const struct comparison *comparison)
{
    metrics_write_double(json, "delta", comparison->delta);
    metrics_write_interval(json, "interval", &comparison->interval);
    metrics_write_double(json, "p", comparison->p);
    metrics_write_boolean(json, "significant", comparison->significant);
    buffer_format(json, ",\"method\":\"%s\",\"test\":\"%s\"", method_name(comparison->interval.method),
                  method_name(comparison->test));
}

void metrics_write_labels(struct buffer *json, const struct metrics_query *query, const struct metrics_group *group)
{
    for (size_t i = 0; i < query->column_count; i++) {
        const struct metrics_column *column = &query->columns[i];
        buffer_string(json, i ? "," : "");
        buffer_json_string(json, column->name, strlen(column->name));
        buffer_string(json, ":");
        write_text(json, metrics_group_label(query, group, column));
    }
}

void metrics_write_metric(struct buffer *json, const struct metrics_query *query, const struct metrics_groups *groups)
{
    const char *name = query->choice.metrics[query->metric].name;
    buffer_string(json, ",\"metric\":");
    buffer_json_string(json, name, strlen(name));
    metrics_write_definition(json, query, &groups->now, query->metric);
}

void metrics_write_definition(struct buffer *json, const struct metrics_query *query,
                              const struct metrics_counts *counts, size_t metric)
{
    if (query->is_rescaled)
        metrics_write_string(json, "definition", "rescaled_0_100");
    else if (metrics_is_mixed(counts, metric))
        buffer_string(json, ",\"definition\":null");
    else
        metrics_write_string(json, "definition", metrics_definition(&query->choice, counts, metric)->id);
}

void metrics_write_definitions(struct buffer *json, const struct metrics_query *query,
                               const struct metrics_counts *counts, size_t metric)
{
    const struct metrics_metric *of = &query->choice.metrics[metric];
    const char *separator = "";
    if (!query->is_rescaled)
        metrics_write_boolean(json, "mixed", true);
    buffer_string(json, ",\"definitions\":[");
    for (size_t s = 0; s < of->slot_count; s++) {
        int64_t n = metrics_slot_n(&of->slots[s], counts->counters);
        if (n == 0)
            continue;
        buffer_format(json, "%s{\"definition\":\"%s\",\"n\":%lld}", separator, of->slots[s].definition.id,
                      (long long)n);
        separator = ",";
    }
    buffer_string(json, "]");
}

enum method metrics_method(const struct metrics_query *query, const struct definition *definition)
{
    return definition->headline == STATISTIC_NET ? query->method : METHOD_DEFAULT;
}

static enum status score_rescaled(const struct metrics_query *query, const struct metrics_counts *counts, size_t metric,
                                  struct score *score)
{
    struct moments moments = metrics_published_rescaled(&query->choice, counts, metric);
    *score = (struct score){.mean = score_of_mean(moments, query->level, 0, 100)};
    score->value = score->mean.value;
    score->interval = score->mean.interval;
    return metrics_is_valid(&query->choice, counts->counters, metric) ? STATUS_OK : STATUS_INTERNAL;
}

enum status metrics_score(const struct metrics_query *query, const struct metrics_counts *counts, size_t metric,
                          struct score *score)
{
    enum status status = STATUS_OK;
    if (query->is_rescaled) {
        status = score_rescaled(query, counts, metric, score);
    } else if (metrics_is_mixed(counts, metric)) {
        *score = (struct score){.value = (double)NAN};
    } else {
        const struct definition *definition = metrics_definition(&query->choice, counts, metric);
        struct histogram histogram = metrics_published(&query->choice, counts, metric);
        status = score_of(definition, &histogram, query->level, metrics_method(query, definition), score);
    }
    score->n = metrics_n(&query->choice, counts, metric);
    score->quality = quality_of(score->n);
    return status;
}

void metrics_write_score(struct buffer *json, const struct metrics_query *query, const struct metrics_counts *counts,
                         size_t metric, const struct score *score)
{
    bool is_mixed = !query->is_rescaled && metrics_is_mixed(counts, metric);
    buffer_string(json, "\"n\":");
    buffer_integer(json, score->n);
    metrics_write_double(json, "value", score->value);
    if (is_mixed)
        buffer_string(json, ",\"interval\":null");
    else
        metrics_write_interval(json, "interval", &score->interval);
    metrics_write_string(json, "quality", quality_name(score->quality));
    if (metrics_is_hidden(counts, metric))
        metrics_write_boolean(json, "hidden", true);
    if (is_mixed || query->is_rescaled)
        metrics_write_definitions(json, query, counts, metric);
}

enum status metrics_write_estimate(struct buffer *json, const struct metrics_query *query,
                                   const struct metrics_counts *counts, size_t metric)
{
    struct score score;
    enum status status = metrics_score(query, counts, metric, &score);
    if (status == STATUS_OK)
        metrics_write_score(json, query, counts, metric, &score);
    return status;
}

static void write_columns(struct buffer *json, const struct metrics_query *query)
{
    buffer_string(json, ",\"group_by\":[");
    for (size_t i = 0; i < query->column_count; i++) {
        buffer_string(json, i ? "," : "");
        buffer_json_string(json, query->columns[i].name, strlen(query->columns[i].name));
    }
    buffer_string(json, "]");
}

void metrics_reply_begin(struct metrics_reply *reply, const struct metrics_query *query,
                         const struct metrics_groups *groups)
{
    struct buffer *json = &reply->json;
    char text[TIMESTAMP_TEXT_SIZE];
    buffer_init(json);
    buffer_string(json, "{");
    metrics_write_quarter(json, "from", query->now.from);
    buffer_string(json, ",");
    metrics_write_quarter(json, "to", query->now.to);
    reply->as_of_from = json->size;
    buffer_format(json, ",\"as_of\":\"%s\"", timestamp_format(query->as_of_us, text));
    reply->as_of_to = json->size;
    write_columns(json, query);
    buffer_format(json, ",\"groups_total\":%zu,\"truncated\":%s", groups->count,
                  groups->shown < groups->count ? "true" : "false");
}

void metrics_reply_send(struct request *request, struct metrics_reply *reply, enum status status)
{
    char etag[ETAG_SIZE];
    if (status == STATUS_OK && reply->json.failed)
        status = STATUS_NO_MEMORY;
    if (status != STATUS_OK) {
        buffer_clear(&reply->json);
        problem_of_status(request, status, "metrics");
        return;
    }
    etag_make(reply->json.data, reply->json.size, reply->as_of_from, reply->as_of_to, etag);
    reply_header(request, "ETag", etag);
    reply_header(request, "Cache-Control", "no-cache");
    reply_header(request, "Vary", "Accept-Encoding");
    reply_json(request, 200, &reply->json);
}
