/* SPDX-License-Identifier: MIT */
#include "metrics_reply.h"

#include "api/service.h"
#include "base/timestamp.h"
#include "etag.h"
#include "http/reply.h"
#include "write.h"

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

static enum status read_rollup(struct connection *connection, const struct metrics_query *query,
                               const struct metrics_frame *frame, struct arena *arena, struct rollup *rollup)
{
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

bool metrics_read_groups(struct request *request, struct connection *connection, struct arena *arena,
                         struct metrics_query *query, struct metrics_frame *frame, struct metrics_groups *groups)
{
    struct rollup rollup;
    enum status status;
    if (!metrics_frame_make(request, connection, arena, query, frame))
        return false;
    status = read_rollup(connection, query, frame, arena, &rollup);
    if (status == STATUS_OK && !metrics_groups_make(query, frame, &rollup, arena, groups))
        status = STATUS_NO_MEMORY;
    if (status != STATUS_OK)
        send_problem(request, query, status);
    return status == STATUS_OK;
}

void metrics_write_quarter(struct buffer *json, const char *name, int32_t quarter)
{
    char text[TIMESTAMP_TEXT_SIZE];
    buffer_format(json, "\"%s\":\"%s\"", name, timestamp_format(quarter_start_us(quarter), text));
}

void metrics_write_double(struct buffer *json, const char *name, double value)
{
    buffer_format(json, ",\"%s\":", name);
    buffer_json_double(json, value);
}

void metrics_write_boolean(struct buffer *json, const char *name, bool value)
{
    buffer_format(json, ",\"%s\":%s", name, value ? "true" : "false");
}

void metrics_write_interval(struct buffer *json, const char *name, const struct interval *interval)
{
    buffer_format(json, ",\"%s\":{\"level\":", name);
    buffer_json_double(json, interval->level);
    metrics_write_double(json, "lower", interval->lower);
    metrics_write_double(json, "upper", interval->upper);
    buffer_format(json, ",\"method\":\"%s\"}", method_name(interval->method));
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

void metrics_write_metric(struct buffer *json, const struct metrics_query *query)
{
    buffer_format(json, ",\"metric\":\"%s\",\"definition\":\"%s\"", metrics_question_names[query->order_question],
                  metrics_definition(query->order_question)->id);
}

enum status metrics_score(const struct metrics_query *query, const struct metrics_counts *counts,
                          enum question question, struct score *score)
{
    const struct definition *definition = metrics_definition(question);
    struct histogram histogram = metrics_published(counts, question);
    enum method method = definition->headline == STATISTIC_NET ? query->method : METHOD_DEFAULT;
    enum status status = score_of(definition, &histogram, query->level, method, score);
    score->n = metrics_n(counts, question);
    score->quality = quality_of(score->n);
    return status;
}

enum status metrics_write_estimate(struct buffer *json, const struct metrics_query *query,
                                   const struct metrics_counts *counts, enum question question)
{
    struct score score;
    enum status status = metrics_score(query, counts, question, &score);
    if (status != STATUS_OK)
        return status;
    buffer_format(json, "\"n\":%lld", (long long)score.n);
    metrics_write_double(json, "value", score.value);
    metrics_write_interval(json, "interval", &score.interval);
    buffer_format(json, ",\"quality\":\"%s\"", quality_name(score.quality));
    if (metrics_is_hidden(counts, question))
        metrics_write_boolean(json, "hidden", true);
    return STATUS_OK;
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
    if (etag_is_listed(request_header(request, "If-None-Match"), etag)) {
        buffer_clear(&reply->json);
        reply_empty(request, 304);
    } else {
        reply_json(request, 200, &reply->json);
    }
}
