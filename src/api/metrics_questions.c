/* SPDX-License-Identifier: MIT */
#include "metrics_questions.h"

#include "handlers.h"
#include "http/reply.h"
#include "metrics/comparison.h"
#include "storage/response.h"

#include <stdlib.h>
#include <string.h>

/* --- distribution ---------------------------------------------------------------------------------------------------- */

enum { DISTRIBUTION_GROUP_BY = METRICS_AT_OWN, DISTRIBUTION_LIMIT };

const struct parameter metrics_distribution_parameters[] = {
    METRICS_PARAMETERS,
    [DISTRIBUTION_GROUP_BY] = METRICS_PARAMETER_GROUP_BY,
    [DISTRIBUTION_LIMIT] = METRICS_PARAMETER_LIMIT,
    {NULL, 0, 0, 0, NULL},
};

bool metrics_question_distribution(struct request *request, struct arena *arena, struct metrics_query *query)
{
    if (!metrics_query_of_path(request, arena, query))
        return false;
    metrics_query_columns(request, query, "group_by", request_parameter(request, DISTRIBUTION_GROUP_BY), false);
    metrics_query_limit(query, request_parameter(request, DISTRIBUTION_LIMIT));
    return metrics_query_end(request);
}

/* --- impact ---------------------------------------------------------------------------------------------------------- */

enum { IMPACT_BY = METRICS_AT_OWN, IMPACT_ORDER, IMPACT_RESCALE, IMPACT_LIMIT };

static const struct {
    enum metrics_order order;
    bool is_descending;
} orders[] = {
    {METRICS_ORDER_VALUE, false}, {METRICS_ORDER_VALUE, true}, {METRICS_ORDER_N, false},
    {METRICS_ORDER_N, true},      {METRICS_ORDER_KEY, false},  {METRICS_ORDER_KEY, true},
};
static const char *const order_names[] = {"impact", "-impact", "n", "-n", "key", "-key", NULL};

const struct parameter metrics_impact_parameters[] = {
    METRICS_PARAMETERS,
    [IMPACT_BY] = METRICS_PARAMETER_BY,
    [IMPACT_ORDER] = {"order", PARAMETER_CHOICE, 0, 0, order_names},
    [IMPACT_RESCALE] = METRICS_PARAMETER_RESCALE,
    [IMPACT_LIMIT] = METRICS_PARAMETER_LIMIT,
    {NULL, 0, 0, 0, NULL},
};

bool metrics_question_impact(struct request *request, struct arena *arena, struct metrics_query *query)
{
    const struct parameter_value *order = request_parameter(request, IMPACT_ORDER);

    if (!metrics_query_of_path(request, arena, query))
        return false;
    metrics_query_columns(request, query, "by", request_parameter(request, IMPACT_BY), true);
    metrics_query_limit(query, request_parameter(request, IMPACT_LIMIT));
    metrics_query_rescale(query, request_parameter(request, IMPACT_RESCALE));
    query->is_of_whole = true;
    query->order = orders[order->integer].order;
    query->is_descending = orders[order->integer].is_descending;
    return metrics_query_end(request);
}

/* --- contrast -------------------------------------------------------------------------------------------------------- */

enum { CONTRAST_BY = METRICS_AT_OWN, CONTRAST_METHOD };

static const enum method methods[] = {METHOD_ADJUSTED_WALD, METHOD_WALD, METHOD_WELCH_T, METHOD_N1_Z, METHOD_POOLED_Z};
static const char *const method_names[] = {"adjusted_wald", "wald", "welch_t", "n1_z", "pooled_z", NULL};

const struct parameter metrics_contrast_parameters[] = {
    METRICS_PARAMETERS,
    [CONTRAST_BY] = METRICS_PARAMETER_BY,
    [CONTRAST_METHOD] = {"method", PARAMETER_CHOICE, 0, 0, method_names},
    {NULL, 0, 0, 0, NULL},
};

/* Wald is a method of the scores' own intervals too. */
static enum method choose_method(struct request *request, struct metrics_query *query)
{
    const struct parameter_value *chosen = request_parameter(request, CONTRAST_METHOD);
    enum method method = chosen->is_set ? methods[chosen->integer] : METHOD_DEFAULT;
    query->method = method == METHOD_WALD ? METHOD_WALD : METHOD_DEFAULT;
    return method;
}

void metrics_question_check_method(struct request *request, const struct metrics_query *query,
                                   const struct definition *definition, enum method method)
{
    struct histogram nobody;
    struct comparison comparison;
    histogram_init(&nobody, definition->min, definition->max);
    if (comparison_of(definition, &nobody, &nobody, query->level, method, &comparison) != STATUS_OK)
        reply_fault(request, NULL, "method", "'%s' is not a method of %s (%s)", method_name(method),
                    query->choice.metrics[query->metric].name, definition->id);
}

bool metrics_question_contrast(struct request *request, struct arena *arena, struct metrics_query *query,
                               enum method *method)
{
    const struct metrics_metric *metric;
    if (!metrics_query_of_path(request, arena, query))
        return false;
    query->is_of_whole = true;
    metrics_query_columns(request, query, "by", request_parameter(request, CONTRAST_BY), true);
    *method = choose_method(request, query);
    metric = &query->choice.metrics[query->metric];
    if (metric->slot_count == 1)
        metrics_question_check_method(request, query, &metric->slots[0].definition, *method);
    return metrics_query_end(request);
}

/* --- index ----------------------------------------------------------------------------------------------------------- */

enum { INDEX_WEIGHTS = METRICS_AT_OWN, INDEX_GROUP_BY, INDEX_RESCALE, INDEX_LIMIT };

static const double WEIGHT_MAX = 1000;

const struct parameter metrics_index_parameters[] = {
    METRICS_PARAMETERS,
    [INDEX_WEIGHTS] = {"weights", PARAMETER_WORDS, 0, 0, NULL},
    [INDEX_GROUP_BY] = METRICS_PARAMETER_GROUP_BY,
    [INDEX_RESCALE] = METRICS_PARAMETER_RESCALE,
    [INDEX_LIMIT] = METRICS_PARAMETER_LIMIT,
    {NULL, 0, 0, 0, NULL},
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
    return weighted->word.size > 0 && digits[strspn(digits, "0123456789.")] == '\0' && *end == '\0' &&
           weighted->weight > 0 && weighted->weight <= WEIGHT_MAX;
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
    const struct parameter_value *words = request_parameter(request, INDEX_WEIGHTS);
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
static bool choose_weights(struct request *request, struct metrics_query *query, struct metrics_weights *weights)
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

bool metrics_question_index(struct request *request, struct arena *arena, struct metrics_query *query,
                            struct metrics_weights *weights)
{
    *weights = (struct metrics_weights){{0}};
    if (!metrics_query_begin(request, arena, query) || !choose_weights(request, query, weights))
        return false;
    metrics_query_rescale(query, request_parameter(request, INDEX_RESCALE));
    metrics_query_columns(request, query, "group_by", request_parameter(request, INDEX_GROUP_BY), false);
    metrics_query_limit(query, request_parameter(request, INDEX_LIMIT));
    return metrics_query_end(request);
}
