/* SPDX-License-Identifier: MIT */
#include "metrics_write.h"

#include "base/timestamp.h"
#include "metrics/control.h"

#include <string.h>

/* What is written of one group, total or point. */
struct number {
    const struct metrics_counts *now;
    const struct metrics_counts *earlier;          /* NULL: nothing to compare with */
    struct control_point *control[QUESTION_COUNT]; /* NULL: none */
};

static void write_count(struct buffer *json, const char *name, int64_t count, bool is_hidden)
{
    if (is_hidden)
        buffer_format(json, ",\"%s\":null", name);
    else
        buffer_format(json, ",\"%s\":%lld", name, (long long)count);
}

static void write_bands(struct buffer *json, struct bands bands, bool is_hidden)
{
    write_count(json, "promoters", bands.satisfied, is_hidden);
    write_count(json, "passives", bands.neutral, is_hidden);
    write_count(json, "detractors", bands.dissatisfied, is_hidden);
}

static void write_means(struct buffer *json, const struct score *score)
{
    metrics_write_double(json, "mean", score->mean.value);
    metrics_write_interval(json, "mean_interval", &score->mean.interval);
    metrics_write_double(json, "net", score->net.value);
    metrics_write_interval(json, "net_interval", &score->net.interval);
}

static void write_distribution(struct buffer *json, const struct histogram *histogram, bool is_hidden)
{
    if (is_hidden) {
        buffer_string(json, ",\"distribution\":null");
        return;
    }
    buffer_string(json, ",\"distribution\":[");
    for (int i = 0; i <= histogram->max - histogram->min; i++)
        buffer_format(json, i ? ",%lld" : "%lld", (long long)histogram->counts[i]);
    buffer_string(json, "]");
}

/* A hidden number on either side would follow from the other one and the difference. */
static enum status write_compare(struct buffer *json, const struct metrics_query *query, const struct number *number,
                                 enum question question)
{
    const struct definition *definition = metrics_definition(question);
    bool is_hidden = metrics_is_hidden(number->now, question) || metrics_is_hidden(number->earlier, question);
    struct histogram now = metrics_published(number->now, question);
    struct histogram earlier = metrics_published(number->earlier, question);
    enum method method = definition->headline == STATISTIC_NET ? query->method : METHOD_DEFAULT;
    struct comparison comparison;
    enum status status = comparison_of(definition, &now, &earlier, query->level, method, &comparison);
    if (status != STATUS_OK)
        return status;
    buffer_format(json, ",\"compare\":{\"n\":%lld", (long long)metrics_n(number->earlier, question));
    metrics_write_double(json, "value", score_value(definition, &earlier));
    metrics_write_comparison(json, &comparison);
    if (is_hidden)
        metrics_write_boolean(json, "hidden", true);
    buffer_string(json, "}");
    return STATUS_OK;
}

static void write_control(struct buffer *json, const struct control_point *point)
{
    const char *signal = control_signal_name(point->signal);
    buffer_string(json, ",\"control\":{\"center\":");
    buffer_json_double(json, point->center);
    metrics_write_double(json, "lower", point->lower);
    metrics_write_double(json, "upper", point->upper);
    buffer_format(json, signal ? ",\"signal\":\"%s\"" : ",\"signal\":null", signal);
    metrics_write_boolean(json, "alarm", point->alarm);
    buffer_string(json, "}");
}

static enum status write_question(struct buffer *json, const struct metrics_query *query, const struct number *number,
                                  enum question question)
{
    bool is_hidden = metrics_is_hidden(number->now, question);
    struct histogram histogram = metrics_histogram(number->now, question);
    struct score score;
    enum status status = metrics_score(query, number->now, question, &score);
    buffer_format(json, "\"%s\":{", question_scales[question].key);
    if (status == STATUS_OK)
        status = metrics_write_estimate(json, query, number->now, question);
    if (status != STATUS_OK)
        return status;
    buffer_format(json, ",\"definition\":\"%s\"", metrics_definition(question)->id);
    if (question == QUESTION_NPS)
        write_bands(json, score.bands, is_hidden);
    else
        write_means(json, &score);
    write_distribution(json, &histogram, is_hidden);
    if (number->earlier)
        status = write_compare(json, query, number, question);
    if (number->control[question])
        write_control(json, number->control[question]);
    buffer_string(json, "}");
    return status;
}

/* Members, each after a comma where `separator` is one. */
static enum status write_questions(struct buffer *json, const struct metrics_query *query, const struct number *number,
                                   const char *separator)
{
    enum status status = STATUS_OK;
    for (int q = 0; status == STATUS_OK && q < QUESTION_COUNT; q++) {
        if (!metrics_query_has(query, q))
            continue;
        buffer_string(json, separator);
        separator = ",";
        status = write_question(json, query, number, (enum question)q);
    }
    return status;
}

/* How many of the points ended before the numbers were read. */
static size_t count_closed(const struct metrics_query *query, const struct metrics_frame *frame)
{
    size_t closed = 0;
    while (closed < frame->point_count && quarter_start_us(frame->points[closed].window.to) <= query->as_of_us)
        closed++;
    return closed;
}

/* From what is published alone: the centre would tell of a hidden point. */
static enum status make_control(const struct metrics_query *query, const struct metrics_frame *frame,
                                const struct metrics_counts *points, enum question question, struct arena *arena,
                                struct control_point **control)
{
    struct histogram *buckets = arena_array(arena, frame->point_count + 1, sizeof *buckets);
    *control = arena_array(arena, frame->point_count + 1, sizeof **control);
    if (buckets == NULL || *control == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < frame->point_count; i++)
        buckets[i] = metrics_published(&points[i], question);
    return control_chart(metrics_definition(question), buckets, frame->point_count, count_closed(query, frame),
                         *control);
}

/* Every bucket, also those without an answer. */
static enum status write_points(struct buffer *json, const struct metrics_query *query,
                                const struct metrics_frame *frame, const struct metrics_counts *points,
                                struct number *number)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < frame->point_count; i++) {
        number->now = &points[i];
        buffer_string(json, i ? ",{" : "{");
        metrics_write_quarter(json, "from", frame->points[i].window.from);
        buffer_string(json, ",");
        metrics_write_quarter(json, "to", frame->points[i].window.to);
        status = write_questions(json, query, number, ",");
        buffer_string(json, "}");
        for (int q = 0; q < QUESTION_COUNT; q++)
            number->control[q] += number->control[q] != NULL;
    }
    return status;
}

static enum status write_series(struct buffer *json, const struct metrics_query *query,
                                const struct metrics_frame *frame, const struct metrics_group *group,
                                struct arena *arena)
{
    struct number number = {0};
    const struct metrics_counts *points = metrics_group_points(query, frame, group, arena);
    enum status status = points ? STATUS_OK : STATUS_NO_MEMORY;
    for (int q = 0; status == STATUS_OK && query->has_control && q < QUESTION_COUNT; q++)
        if (metrics_query_has(query, q))
            status = make_control(query, frame, points, (enum question)q, arena, &number.control[q]);
    buffer_string(json, ",\"series\":[");
    if (status == STATUS_OK)
        status = write_points(json, query, frame, points, &number);
    buffer_string(json, "]");
    return status;
}

static enum status write_group(struct buffer *json, const struct metrics_query *query,
                               const struct metrics_frame *frame, const struct metrics_group *group,
                               struct arena *arena)
{
    const struct number number = {.now = &group->now, .earlier = query->has_earlier ? &group->earlier : NULL};
    enum status status;
    buffer_string(json, "{");
    metrics_write_labels(json, query, group);
    status = write_questions(json, query, &number, query->column_count ? "," : "");
    if (status == STATUS_OK && query->has_series)
        status = write_series(json, query, frame, group, arena);
    buffer_string(json, "}");
    return status;
}

static void write_question_asked(struct buffer *json, const struct metrics_query *query)
{
    buffer_format(json, ",\"dedupe\":\"%s\"", dedupe_name(query->dedupe));
    if (query->has_series) {
        buffer_format(json, ",\"interval\":\"%s\",\"tz\":", calendar_unit_name(query->unit));
        buffer_json_string(json, query->time_zone, strlen(query->time_zone));
    }
    if (query->rolling > 0)
        buffer_format(json, ",\"rolling\":\"%dd\"", query->rolling);
    if (query->has_earlier) {
        buffer_string(json, ",\"compare\":{");
        metrics_write_quarter(json, "from", query->earlier.from);
        buffer_string(json, ",");
        metrics_write_quarter(json, "to", query->earlier.to);
        buffer_string(json, "}");
    }
}

enum status metrics_write(struct metrics_reply *reply, const struct metrics_query *query,
                          const struct metrics_frame *frame, const struct metrics_groups *groups, struct arena *arena)
{
    const struct number total = {.now = &groups->now, .earlier = query->has_earlier ? &groups->earlier : NULL};
    struct buffer *json = &reply->json;
    enum status status = STATUS_OK;
    metrics_reply_begin(reply, query, groups);
    write_question_asked(json, query);
    buffer_string(json, ",\"groups\":[");
    for (size_t i = 0; status == STATUS_OK && i < groups->shown; i++) {
        buffer_string(json, i ? "," : "");
        status = write_group(json, query, frame, &groups->list[i], arena);
    }
    buffer_string(json, "],\"total\":{");
    if (status == STATUS_OK)
        status = write_questions(json, query, &total, "");
    buffer_string(json, "}}\n");
    return status;
}
