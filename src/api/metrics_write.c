/* SPDX-License-Identifier: MIT */
#include "metrics_write.h"

#include "base/timestamp.h"
#include "metrics/control.h"

#include <string.h>

/* What is written of one group, total or point. */
struct number {
    const struct metrics_counts *now;
    const struct metrics_counts *earlier;       /* NULL: nothing to compare with */
    struct control_point *control[METRICS_MAX]; /* NULL: none */
};

static void write_count(struct buffer *json, const char *name, int64_t count, bool is_hidden)
{
    if (is_hidden)
        buffer_format(json, ",\"%s\":null", name);
    else
        metrics_write_integer(json, name, count);
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
    for (int i = 0; i <= histogram->max - histogram->min; i++) {
        buffer_append(json, ",", i > 0);
        buffer_integer(json, histogram->counts[i]);
    }
    buffer_string(json, "]");
}

static enum status compare(const struct metrics_query *query, const struct number *number, size_t m, double *value,
                           struct comparison *comparison)
{
    const struct metrics_choice *choice = &query->choice;
    const struct definition *definition;
    struct histogram now, earlier;
    if (query->is_rescaled) {
        struct moments before = metrics_published_rescaled(choice, number->earlier, m);
        *value = before.mean;
        *comparison = comparison_of_means(metrics_published_rescaled(choice, number->now, m), before, query->level);
        return STATUS_OK;
    }
    definition = metrics_definition(choice, number->now, m);
    now = metrics_published(choice, number->now, m);
    earlier = metrics_published(choice, number->earlier, m);
    *value = score_value(definition, &earlier);
    return comparison_of(definition, &now, &earlier, query->level, metrics_method(query, definition), comparison);
}

/* Totals over groups of different definitions: a group that differs from its earlier self was refused. */
static bool is_compared(const struct metrics_query *query, const struct number *number, size_t m)
{
    return query->is_rescaled ||
           (!metrics_is_mixed(number->now, m) && number->now->slots[m] == number->earlier->slots[m]);
}

/* A hidden number on either side would follow from the other one and the difference. */
static enum status write_compare(struct buffer *json, const struct metrics_query *query, const struct number *number,
                                 size_t m)
{
    bool is_hidden = metrics_is_hidden(number->now, m) || metrics_is_hidden(number->earlier, m);
    struct comparison comparison;
    double value;
    enum status status = STATUS_OK;
    buffer_format(json, ",\"compare\":{\"n\":%lld", (long long)metrics_n(&query->choice, number->earlier, m));
    if (is_compared(query, number, m)) {
        status = compare(query, number, m, &value, &comparison);
        if (status != STATUS_OK)
            return status;
        metrics_write_double(json, "value", value);
        metrics_write_comparison(json, &comparison);
    } else {
        buffer_string(json, ",\"value\":null,\"delta\":null,\"interval\":null,\"p\":null,\"significant\":false");
        metrics_write_definitions(json, query, number->earlier, m);
    }
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

/* What the scores of a question that is not built in are. */
static void write_scale(struct buffer *json, const struct metrics_slot *slot)
{
    const struct definition *definition = &slot->definition;
    if (!slot->is_built_in)
        buffer_format(json, ",\"scale\":{\"min\":%d,\"max\":%d},\"polarity\":\"%s\"", definition->min, definition->max,
                      polarity_name(definition->polarity));
}

static void write_details(struct buffer *json, const struct metrics_query *query, const struct metrics_counts *counts,
                          size_t m, const struct score *score)
{
    const struct metrics_slot *slot = metrics_slot_of(&query->choice, counts, m);
    bool is_hidden = metrics_is_hidden(counts, m);
    struct histogram histogram = metrics_histogram(&query->choice, counts, m);
    write_scale(json, slot);
    if (slot->definition.kind == METRIC_NPS)
        write_bands(json, score->bands, is_hidden);
    else
        write_means(json, score);
    write_distribution(json, &histogram, is_hidden);
}

static enum status write_number(struct buffer *json, const struct metrics_query *query, const struct number *number,
                                size_t m)
{
    const char *name = query->choice.metrics[m].name;
    struct score score;
    enum status status = metrics_score(query, number->now, m, &score);
    if (status != STATUS_OK)
        return status;
    buffer_json_string(json, name, strlen(name));
    buffer_string(json, ":{");
    metrics_write_score(json, query, number->now, m, &score);
    metrics_write_definition(json, query, number->now, m);
    if (query->is_rescaled || metrics_is_mixed(number->now, m))
        buffer_string(json, ",\"distribution\":null");
    else
        write_details(json, query, number->now, m, &score);
    if (number->earlier)
        status = write_compare(json, query, number, m);
    if (number->control[m])
        write_control(json, number->control[m]);
    buffer_string(json, "}");
    return status;
}

/* Members, each after a comma where `separator` is one. */
static enum status write_numbers(struct buffer *json, const struct metrics_query *query, const struct number *number,
                                 const char *separator)
{
    enum status status = STATUS_OK;
    for (size_t m = 0; status == STATUS_OK && m < query->choice.count; m++) {
        buffer_string(json, separator);
        separator = ",";
        status = write_number(json, query, number, m);
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
                                const struct metrics_group *group, const struct metrics_counts *points, size_t m,
                                struct arena *arena, struct control_point **control)
{
    const struct definition *definition = metrics_definition(&query->choice, &group->now, m);
    struct histogram *buckets = arena_array(arena, frame->point_count + 1, sizeof *buckets);
    *control = arena_array(arena, frame->point_count + 1, sizeof **control);
    if (buckets == NULL || *control == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < frame->point_count; i++)
        buckets[i] = metrics_published(&query->choice, &points[i], m);
    return control_chart(definition, buckets, frame->point_count, count_closed(query, frame), *control);
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
        status = write_numbers(json, query, number, ",");
        buffer_string(json, "}");
        for (size_t m = 0; m < METRICS_MAX; m++)
            number->control[m] += number->control[m] != NULL;
    }
    return status;
}

static enum status write_series(struct buffer *json, const struct metrics_query *query,
                                const struct metrics_frame *frame, const struct metrics_group *group,
                                struct metrics_counts *points, struct arena *arena)
{
    struct number number = {0};
    enum status status = STATUS_OK;
    if (!metrics_points_fill(query, frame, group, arena, points))
        return STATUS_NO_MEMORY;
    for (size_t m = 0; status == STATUS_OK && query->has_control && m < query->choice.count; m++)
        status = make_control(query, frame, group, points, m, arena, &number.control[m]);
    buffer_string(json, ",\"series\":[");
    if (status == STATUS_OK)
        status = write_points(json, query, frame, points, &number);
    buffer_string(json, "]");
    return status;
}

static enum status write_group(struct buffer *json, const struct metrics_query *query,
                               const struct metrics_frame *frame, const struct metrics_group *group,
                               struct metrics_counts *points, struct arena *arena)
{
    const struct number number = {.now = &group->now, .earlier = query->has_earlier ? &group->earlier : NULL};
    enum status status;
    buffer_string(json, "{");
    metrics_write_labels(json, query, group);
    status = write_numbers(json, query, &number, query->column_count ? "," : "");
    if (status == STATUS_OK && query->has_series)
        status = write_series(json, query, frame, group, points, arena);
    buffer_string(json, "}");
    return status;
}

/* Where series begin anew; nothing where none does. */
static void write_cuts(struct buffer *json, const struct metrics_groups *groups)
{
    char at[TIMESTAMP_TEXT_SIZE];
    for (size_t i = 0; i < groups->cut_count; i++) {
        const struct metrics_cut *cut = &groups->cuts[i];
        buffer_string(json, i ? ",{\"metric\":" : ",\"cuts\":[{\"metric\":");
        buffer_json_string(json, cut->metric->name, strlen(cut->metric->name));
        buffer_string(json, ",\"survey\":");
        buffer_json_string(json, cut->survey.bytes, cut->survey.size);
        buffer_format(json,
                      ",\"at\":\"%s\",\"definition\":\"%s\",\"survey_version\":", timestamp_format(cut->at_us, at),
                      cut->source->slot->definition.id);
        buffer_format(json, cut->version ? "%d" : "null", (int)cut->version);
        buffer_format(json, ",\"n\":%lld}", (long long)cut->n);
    }
    buffer_string(json, groups->cut_count > 0 ? "]" : "");
}

static void write_question_asked(struct buffer *json, const struct metrics_query *query)
{
    buffer_format(json, ",\"dedupe\":\"%s\"", dedupe_name(query->dedupe));
    if (query->is_rescaled)
        buffer_string(json, ",\"rescale\":\"0-100\"");
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
    struct metrics_counts *points = metrics_points_new(query, frame, arena);
    struct buffer *json = &reply->json;
    enum status status = points ? STATUS_OK : STATUS_NO_MEMORY;
    metrics_reply_begin(reply, query, groups);
    write_question_asked(json, query);
    write_cuts(json, groups);
    buffer_string(json, ",\"groups\":[");
    for (size_t i = 0; status == STATUS_OK && i < groups->shown; i++) {
        buffer_string(json, i ? "," : "");
        status = write_group(json, query, frame, &groups->list[i], points, arena);
    }
    buffer_string(json, "],\"total\":{");
    if (status == STATUS_OK)
        status = write_numbers(json, query, &total, "");
    buffer_string(json, "}}\n");
    return status;
}
