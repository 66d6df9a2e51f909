/* SPDX-License-Identifier: MIT */
#include "handlers.h"
#include "http/reply.h"
#include "metrics/index.h"
#include "metrics_reply.h"
#include "storage/response.h"

#include <stdlib.h>
#include <string.h>

enum { AT_WEIGHTS = METRICS_AT_OWN, AT_GROUP_BY, AT_RESCALE, AT_LIMIT };

static const double WEIGHT_MAX = 1000;

const struct parameter metrics_index_parameters[] = {
    METRICS_PARAMETERS,
    [AT_WEIGHTS] = {"weights", PARAMETER_WORDS, 0, 0, NULL},
    [AT_GROUP_BY] = METRICS_PARAMETER_GROUP_BY,
    [AT_RESCALE] = METRICS_PARAMETER_RESCALE,
    [AT_LIMIT] = METRICS_PARAMETER_LIMIT,
    {NULL, 0, 0, 0, NULL},
};

/* By metric of the choice. */
struct weights {
    double of[METRICS_MAX];
};

struct weighted {
    struct metrics_word word;
    double weight;
};

/* "nps:2", or "nps" for a weight of 1. */
static bool parse_weight(const char *text, struct weighted *weighted)
{
    const char *colon = strrchr(text, ':');
    const char *digits = colon ? colon + 1 : "1";
    char *end;
    weighted->word = (struct metrics_word){text, colon ? (size_t)(colon - text) : strlen(text)};
    weighted->weight = strtod(digits, &end);
    return weighted->word.size > 0 && *digits != '\0' && digits[strspn(digits, "0123456789.")] == '\0' &&
           *end == '\0' && weighted->weight > 0 && weighted->weight <= WEIGHT_MAX;
}

static bool is_repeated(const struct weighted *list, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (list[j].word.size == list[i].word.size &&
            memcmp(list[j].word.name, list[i].word.name, list[i].word.size) == 0)
            return true;
    return false;
}

static size_t list_weights(struct request *request, struct weighted list[PARAMETER_LIST_MAX])
{
    const struct parameter_value *words = request_parameter(request, AT_WEIGHTS);
    size_t count = 0;
    for (int q = 0; !words->is_set && q < QUESTION_COUNT; q++)
        list[count++] = (struct weighted){{question_scales[q].key, strlen(question_scales[q].key)}, 1};
    for (size_t i = 0; i < words->word_count; i++) {
        if (parse_weight(words->words[i], &list[count]) && !is_repeated(list, count))
            count++;
        else
            reply_fault(request, NULL, "weights",
                        "'%.80s' is not a metric, named once, with a weight above 0 and up to %g: nps:2",
                        words->words[i], WEIGHT_MAX);
    }
    return count;
}

/* False: out of memory. */
static bool choose_weights(struct request *request, struct metrics_query *query, struct weights *weights)
{
    struct weighted list[PARAMETER_LIST_MAX];
    struct metrics_word words[PARAMETER_LIST_MAX];
    size_t count = list_weights(request, list);
    query->metric_parameter = "weights";
    for (size_t i = 0; i < count; i++)
        words[i] = list[i].word;
    if (!metrics_query_metrics(request, query, words, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        int metric = metrics_choice_find(&query->choice, words[i].name, words[i].size);
        if (metric >= 0)
            weights->of[metric] = list[i].weight;
    }
    return true;
}

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
                               const struct metrics_counts *counts, const struct weights *weights)
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
                         const struct metrics_groups *groups, const struct weights *weights)
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
    struct weights weights = {{0}};

    if (!metrics_query_begin(request, arena, &query) || !choose_weights(request, &query, &weights))
        return;
    metrics_query_rescale(&query, request_parameter(request, AT_RESCALE));
    metrics_query_columns(request, &query, "group_by", request_parameter(request, AT_GROUP_BY), false);
    metrics_query_limit(&query, request_parameter(request, AT_LIMIT));
    if (!metrics_query_end(request) || !metrics_read_groups(request, connection, arena, &query, &frame, &groups))
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
