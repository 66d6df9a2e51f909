/* SPDX-License-Identifier: MIT */
#include "handlers.h"
#include "http/reply.h"
#include "metrics/index.h"
#include "metrics_reply.h"

#include <stdlib.h>
#include <string.h>

enum { AT_WEIGHTS = METRICS_AT_OWN, AT_GROUP_BY, AT_LIMIT };

static const double WEIGHT_MAX = 1000;

const struct parameter metrics_index_parameters[] = {
    METRICS_PARAMETERS,
    [AT_WEIGHTS] = {"weights", PARAMETER_WORDS, 0, 0, NULL},
    [AT_GROUP_BY] = METRICS_PARAMETER_GROUP_BY,
    [AT_LIMIT] = METRICS_PARAMETER_LIMIT,
    {NULL, 0, 0, 0, NULL},
};

static int find_question(const char *word, size_t size)
{
    for (int q = 0; q < QUESTION_COUNT; q++)
        if (strlen(metrics_question_names[q]) == size && memcmp(metrics_question_names[q], word, size) == 0)
            return q;
    return -1;
}

/* "nps:2", or "nps" for a weight of 1. */
static bool parse_weight(const char *word, struct metrics_query *query, double weights[QUESTION_COUNT])
{
    size_t size = strcspn(word, ":");
    const char *digits = word[size] == ':' ? word + size + 1 : "1";
    int question = find_question(word, size);
    char *end;
    double weight = strtod(digits, &end);
    if (question < 0 || metrics_query_has(query, question) || *digits == '\0' ||
        digits[strspn(digits, "0123456789.")] != '\0' || *end != '\0' || !(weight > 0) || weight > WEIGHT_MAX)
        return false;
    query->questions |= 1u << question;
    weights[question] = weight;
    return true;
}

static void choose_weights(struct request *request, struct metrics_query *query, double weights[QUESTION_COUNT])
{
    const struct parameter_value *words = request_parameter(request, AT_WEIGHTS);
    for (size_t i = 0; i < words->word_count; i++)
        if (!parse_weight(words->words[i], query, weights))
            reply_fault(request, NULL, "weights",
                        "'%s' is not one of nps, csat, ces, each once, with a weight above 0 and up to %g: nps:2",
                        words->words[i], WEIGHT_MAX);
    for (int q = 0; !words->is_set && q < QUESTION_COUNT; q++) {
        query->questions |= 1u << q;
        weights[q] = 1;
    }
}

/* On 0..100. What is hidden is missing: the others would give it away. */
static enum status make_component(const struct metrics_query *query, const struct metrics_counts *counts,
                                  enum question question, double weight, struct index_component *component)
{
    struct score score;
    enum status status = metrics_score(query, counts, question, &score);
    *component = (struct index_component){{score.value, score.interval}, weight};
    if (metrics_definition(question)->headline == STATISTIC_NET)
        component->estimate = score_rescale_net(component->estimate);
    return status;
}

static void write_component(struct buffer *json, const struct metrics_counts *counts, enum question question,
                            const struct index_component *component)
{
    buffer_format(json, "{\"metric\":\"%s\",\"definition\":\"%s\"", metrics_question_names[question],
                  metrics_definition(question)->id);
    metrics_write_double(json, "weight", component->weight);
    buffer_format(json, ",\"n\":%lld", (long long)metrics_n(counts, question));
    metrics_write_double(json, "value", component->estimate.value);
    metrics_write_interval(json, "interval", &component->estimate.interval);
    if (metrics_is_hidden(counts, question))
        metrics_write_boolean(json, "hidden", true);
    buffer_string(json, "}");
}

/* "value", "interval", "coverage", "components" */
static enum status write_index(struct buffer *json, const struct metrics_query *query,
                               const struct metrics_counts *counts, const double weights[QUESTION_COUNT])
{
    struct index_component components[QUESTION_COUNT];
    struct index_score index;
    size_t count = 0;
    enum status status = STATUS_OK;
    for (int q = 0; status == STATUS_OK && q < QUESTION_COUNT; q++)
        if (metrics_query_has(query, q))
            status = make_component(query, counts, (enum question)q, weights[q], &components[count++]);
    if (status != STATUS_OK)
        return status;
    index = index_of(components, count);
    index.estimate.interval.level = query->level;
    buffer_string(json, "\"value\":");
    buffer_json_double(json, index.estimate.value);
    metrics_write_interval(json, "interval", &index.estimate.interval);
    metrics_write_double(json, "coverage", index.coverage);
    buffer_string(json, ",\"components\":[");
    count = 0;
    for (int q = 0; q < QUESTION_COUNT; q++) {
        if (!metrics_query_has(query, q))
            continue;
        buffer_string(json, count ? "," : "");
        write_component(json, counts, (enum question)q, &components[count++]);
    }
    buffer_string(json, "]");
    return STATUS_OK;
}

static enum status write(struct metrics_reply *reply, const struct metrics_query *query,
                         const struct metrics_groups *groups, const double weights[QUESTION_COUNT])
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
    double weights[QUESTION_COUNT] = {0};

    if (!metrics_query_begin(request, &query))
        return;
    choose_weights(request, &query, weights);
    metrics_query_columns(request, &query, "group_by", request_parameter(request, AT_GROUP_BY), false);
    metrics_query_limit(&query, request_parameter(request, AT_LIMIT));
    if (!metrics_query_end(request) || !metrics_read_groups(request, connection, arena, &query, &frame, &groups))
        return;
    metrics_groups_sort(&query, &groups);
    metrics_reply_send(request, &reply, write(&reply, &query, &groups, weights));
}

/* GET /v1/metrics/index. */
enum outcome metrics_index(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    return metrics_run(request, connection, answer);
}
