/* SPDX-License-Identifier: MIT */
#include "metrics_write.h"

#include "base/timestamp.h"
#include "metrics/score.h"
#include "metrics_groups.h"

#include <string.h>

static const double level = 0.95;

static void write_text(struct buffer *json, struct text text)
{
    if (text_is_absent(text))
        buffer_string(json, "null");
    else
        buffer_json_string(json, text.bytes, text.size);
}

static void write_time(struct buffer *json, const char *name, int32_t quarter)
{
    char text[TIMESTAMP_TEXT_SIZE];
    buffer_format(json, "\"%s\":\"%s\"", name, timestamp_format(quarter_start_us(quarter), text));
}

static void write_double(struct buffer *json, const char *name, double value)
{
    buffer_format(json, ",\"%s\":", name);
    buffer_json_double(json, value);
}

static void write_estimate(struct buffer *json, const struct score *score)
{
    buffer_format(json, "\"n\":%lld", (long long)score->n);
    write_double(json, "value", score->value);
    buffer_string(json, ",\"interval\":{\"level\":");
    buffer_json_double(json, score->interval.level);
    write_double(json, "lower", score->interval.lower);
    write_double(json, "upper", score->interval.upper);
    buffer_format(json, ",\"method\":\"%s\"}", method_name(score->interval.method));
}

static void write_distribution(struct buffer *json, const struct histogram *histogram)
{
    buffer_string(json, ",\"distribution\":[");
    for (int i = 0; i <= histogram->max - histogram->min; i++)
        buffer_format(json, i ? ",%lld" : "%lld", (long long)histogram->counts[i]);
    buffer_string(json, "]");
}

static enum status write_question(struct buffer *json, enum question question, const int64_t counts[ROLLUP_COUNTERS])
{
    const struct definition *definition = metrics_definition(question);
    struct histogram histogram = metrics_histogram(counts, question);
    struct score score;
    enum status status = score_of(definition, &histogram, level, METHOD_DEFAULT, &score);
    if (status != STATUS_OK)
        return status;
    buffer_format(json, "\"%s\":{", question_scales[question].key);
    write_estimate(json, &score);
    buffer_format(json, ",\"definition\":\"%s\",\"quality\":\"%s\"", definition->id, quality_name(score.quality));
    if (question == QUESTION_NPS)
        buffer_format(json, ",\"promoters\":%lld,\"passives\":%lld,\"detractors\":%lld",
                      (long long)score.bands.satisfied, (long long)score.bands.neutral,
                      (long long)score.bands.dissatisfied);
    else
        write_double(json, "mean", score.mean.value);
    write_distribution(json, &histogram);
    buffer_string(json, "}");
    return STATUS_OK;
}

/* Members, each after a comma where `separator` is one. */
static enum status write_questions(struct buffer *json, const struct metrics_query *query,
                                   const int64_t counts[ROLLUP_COUNTERS], const char *separator)
{
    enum status status = STATUS_OK;
    for (int q = 0; status == STATUS_OK && q < QUESTION_COUNT; q++) {
        if (!metrics_query_has(query, q))
            continue;
        buffer_string(json, separator);
        separator = ",";
        status = write_question(json, (enum question)q, counts);
    }
    return status;
}

/* Every bucket, also those without an answer. */
static enum status write_series(struct buffer *json, const struct metrics_query *query,
                                const struct metrics_group *group)
{
    static const int64_t nothing[ROLLUP_COUNTERS];
    const struct rollup_point *point = group->source ? group->source->points : NULL;
    const struct rollup_point *end = point ? point + group->source->point_count : NULL;
    enum status status = STATUS_OK;

    buffer_string(json, ",\"series\":[");
    for (size_t i = 0; status == STATUS_OK && i < query->calendar.count; i++) {
        bool is_here = point < end && point->bucket == (int32_t)i;
        buffer_string(json, i ? ",{" : "{");
        write_time(json, "from", query->calendar.boundaries[i]);
        buffer_string(json, ",");
        write_time(json, "to", query->calendar.boundaries[i + 1]);
        status = write_questions(json, query, is_here ? point->counts : nothing, ",");
        buffer_string(json, "}");
        point += is_here;
    }
    buffer_string(json, "]");
    return status;
}

static enum status write_group(struct buffer *json, const struct metrics_query *query,
                               const struct metrics_group *group)
{
    enum status status;
    buffer_string(json, "{");
    for (size_t i = 0; i < query->column_count; i++) {
        const struct metrics_column *column = &query->columns[i];
        buffer_string(json, i ? "," : "");
        buffer_json_string(json, column->name, strlen(column->name));
        buffer_string(json, ":");
        write_text(json, metrics_group_label(query, group, column));
    }
    status = write_questions(json, query, group->counts, query->column_count ? "," : "");
    if (status == STATUS_OK && query->has_series)
        status = write_series(json, query, group);
    buffer_string(json, "}");
    return status;
}

static void write_window(struct buffer *json, const struct metrics_query *query, int64_t as_of_us, size_t *as_of_from,
                         size_t *as_of_to)
{
    char text[TIMESTAMP_TEXT_SIZE];
    write_time(json, "from", query->rollup.from);
    buffer_string(json, ",");
    write_time(json, "to", query->rollup.to);
    *as_of_from = json->size;
    buffer_format(json, ",\"as_of\":\"%s\"", timestamp_format(as_of_us, text));
    *as_of_to = json->size;
    buffer_string(json, ",\"group_by\":[");
    for (size_t i = 0; i < query->column_count; i++) {
        buffer_string(json, i ? "," : "");
        buffer_json_string(json, query->columns[i].name, strlen(query->columns[i].name));
    }
    buffer_string(json, "]");
    if (query->has_series) {
        buffer_format(json, ",\"interval\":\"%s\",\"tz\":", calendar_unit_name(query->unit));
        buffer_json_string(json, query->time_zone, strlen(query->time_zone));
    }
}

enum status metrics_write(struct buffer *json, const struct metrics_query *query, const struct metrics_groups *groups,
                          int64_t as_of_us, size_t *as_of_from, size_t *as_of_to)
{
    enum status status = STATUS_OK;
    buffer_string(json, "{");
    write_window(json, query, as_of_us, as_of_from, as_of_to);
    buffer_format(json, ",\"groups_total\":%zu,\"truncated\":%s,\"groups\":[", groups->count,
                  groups->shown < groups->count ? "true" : "false");
    for (size_t i = 0; status == STATUS_OK && i < groups->shown; i++) {
        buffer_string(json, i ? "," : "");
        status = write_group(json, query, &groups->list[i]);
    }
    buffer_string(json, "],\"total\":{");
    if (status == STATUS_OK)
        status = write_questions(json, query, groups->total, "");
    buffer_string(json, "}}\n");
    return status;
}
