/* SPDX-License-Identifier: MIT */
#include "metrics_options.h"

#include "api/service.h"
#include "base/timestamp.h"
#include "handlers.h"
#include "http/reply.h"
#include "storage/response.h"

#include <string.h>

/* A question's key, and a sign. */
enum { ORDER_CHARACTERS = 65 };

/* By enum calendar_unit. */
static const char *const unit_names[] = {"hour", "day", "week", "month", "quarter", "year", NULL};

static const enum method methods[] = {METHOD_ADJUSTED_WALD, METHOD_WALD};
static const char *const method_names[] = {"adjusted_wald", "wald", NULL};

enum { COMPARE_PREVIOUS, COMPARE_YEAR };
static const char *const compare_names[] = {"previous", "year", NULL};

/* By enum dedupe. */
static const char *const dedupe_names[] = {"all", "first", "last", NULL};

static const int rolling_days[] = {7, 30, 90};
static const char *const rolling_names[] = {"7d", "30d", "90d", NULL};

enum {
    AT_METRIC = METRICS_AT_OWN,
    AT_GROUP_BY,
    AT_INTERVAL,
    AT_TZ,
    AT_ORDER,
    AT_METHOD,
    AT_COMPARE,
    AT_COMPARE_FROM,
    AT_COMPARE_TO,
    AT_CONTROL,
    AT_ROLLING,
    AT_DEDUPE,
    AT_RESCALE,
    AT_LIMIT
};

const struct parameter metrics_parameters[] = {
    METRICS_PARAMETERS,
    [AT_METRIC] = {"metric", PARAMETER_WORDS, 0, 0, NULL},
    [AT_GROUP_BY] = METRICS_PARAMETER_GROUP_BY,
    [AT_INTERVAL] = {"interval", PARAMETER_CHOICE, 0, 0, unit_names},
    [AT_TZ] = {"tz", PARAMETER_TIME_ZONE, 0, 0, NULL},
    [AT_ORDER] = {"order", PARAMETER_TEXT, 1, ORDER_CHARACTERS, NULL},
    [AT_METHOD] = {"method", PARAMETER_CHOICE, 0, 0, method_names},
    [AT_COMPARE] = {"compare", PARAMETER_CHOICE, 0, 0, compare_names},
    [AT_COMPARE_FROM] = {"compare_from", PARAMETER_QUARTER, 0, 0, NULL},
    [AT_COMPARE_TO] = {"compare_to", PARAMETER_QUARTER, 0, 0, NULL},
    [AT_CONTROL] = {"control", PARAMETER_BOOLEAN, 0, 0, NULL},
    [AT_ROLLING] = {"rolling", PARAMETER_CHOICE, 0, 0, rolling_names},
    [AT_DEDUPE] = {"dedupe", PARAMETER_CHOICE, 0, 0, dedupe_names},
    [AT_RESCALE] = METRICS_PARAMETER_RESCALE,
    [AT_LIMIT] = METRICS_PARAMETER_LIMIT,
    {NULL, 0, 0, 0, NULL},
};

/* False: out of memory. */
static bool choose_metrics(struct request *request, struct metrics_query *query)
{
    const struct parameter_value *metric = request_parameter(request, AT_METRIC);
    struct metrics_word words[PARAMETER_LIST_MAX];
    size_t count = 0;
    for (size_t i = 0; i < metric->word_count; i++)
        words[count++] = (struct metrics_word){metric->words[i], strlen(metric->words[i])};
    for (int q = 0; !metric->is_set && q < QUESTION_COUNT; q++)
        words[count++] = (struct metrics_word){question_scales[q].key, strlen(question_scales[q].key)};
    return metrics_query_metrics(request, query, words, count);
}

/* Both would be members of a group. */
static void check_names(struct request *request, const struct metrics_query *query)
{
    for (size_t i = 0; i < query->column_count; i++)
        if (metrics_choice_find(&query->choice, query->columns[i].name, strlen(query->columns[i].name)) >= 0)
            reply_fault(request, NULL, "group_by", "'%s' is a metric that is asked for too", query->columns[i].name);
}

static void choose_series(struct request *request, struct metrics_query *query)
{
    const struct parameter_value *interval = request_parameter(request, AT_INTERVAL);
    const struct parameter_value *tz = request_parameter(request, AT_TZ);
    const struct project *project = metrics_query_project(query);
    query->has_series = interval->is_set;
    query->unit = (enum calendar_unit)interval->integer;
    query->time_zone = tz->is_set ? tz->text.bytes : project ? project->time_zone : "UTC";
}

static void choose_rolling(struct request *request, struct metrics_query *query)
{
    const struct parameter_value *rolling = request_parameter(request, AT_ROLLING);
    if (!rolling->is_set)
        return;
    query->rolling = rolling_days[rolling->integer];
    if (!query->has_series || query->unit != CALENDAR_DAY)
        reply_fault(request, NULL, "rolling", "goes with interval=day");
    /* One window less the one before it is a day, which may be hidden. */
    if (query->min_n > 1)
        reply_fault(request, NULL, "rolling",
                    "takes a key of scope read: numbers of fewer than %lld answers are hidden",
                    (long long)query->min_n);
}

static void choose_control(struct request *request, struct metrics_query *query)
{
    query->has_control = request_parameter(request, AT_CONTROL)->integer == 1;
    if (query->has_control && !query->has_series)
        reply_fault(request, NULL, "control", "goes with an interval");
    if (query->has_control && query->rolling > 0)
        reply_fault(request, NULL, "control", "doesn't go with rolling, whose windows share their answers");
}

/* key, n, or a metric that is asked for; after a '-' the other way round. */
static void choose_order(struct request *request, struct metrics_query *query)
{
    const struct parameter_value *order = request_parameter(request, AT_ORDER);
    const char *name = order->is_set ? order->text.bytes : "key";
    int metric;
    query->is_descending = *name == '-';
    name += query->is_descending;
    metric = metrics_choice_find(&query->choice, name, strlen(name));
    if (strcmp(name, "key") == 0) {
        query->order = METRICS_ORDER_KEY;
    } else if (strcmp(name, "n") == 0) {
        query->order = METRICS_ORDER_N;
    } else if (metric >= 0) {
        query->order = METRICS_ORDER_VALUE;
        query->metric = (size_t)metric;
    } else {
        reply_fault(request, NULL, "order",
                    "must be key, n, or one of the metrics asked for, with a - before it for the other way round");
    }
}

static bool has_net(const struct metrics_choice *choice)
{
    for (size_t m = 0; m < choice->count; m++)
        for (size_t s = 0; s < choice->metrics[m].slot_count; s++)
            if (choice->metrics[m].slots[s].definition.headline == STATISTIC_NET)
                return true;
    return false;
}

static void choose_method(struct request *request, struct metrics_query *query)
{
    const struct parameter_value *method = request_parameter(request, AT_METHOD);
    if (!method->is_set)
        return;
    query->method = methods[method->integer];
    if (!has_net(&query->choice))
        reply_fault(request, NULL, "method", "is of nps and other net scores, and none is among the metrics asked for");
}

static void choose_rescale(struct request *request, struct metrics_query *query)
{
    metrics_query_rescale(query, request_parameter(request, AT_RESCALE));
    if (query->is_rescaled && request_parameter(request, AT_METHOD)->is_set)
        reply_fault(request, NULL, "rescale", "doesn't go with method: a rescaled score is a mean, with a t interval");
    if (query->is_rescaled && query->has_control)
        reply_fault(request, NULL, "rescale", "doesn't go with control, whose limits are those of one scale");
}

static void check_compare(struct request *request)
{
    bool has_from = request_parameter(request, AT_COMPARE_FROM)->is_set;
    bool has_to = request_parameter(request, AT_COMPARE_TO)->is_set;
    if (request_parameter(request, AT_COMPARE)->is_set && (has_from || has_to))
        reply_fault(request, NULL, "compare", "doesn't go with compare_from and compare_to");
    if (has_from != has_to)
        reply_fault(request, NULL, has_from ? "compare_to" : "compare_from", "is missing: the other end is given");
}

static void choose_earlier(struct request *request, struct metrics_query *query)
{
    const struct parameter_value *compare = request_parameter(request, AT_COMPARE);
    const struct parameter_value *from = request_parameter(request, AT_COMPARE_FROM);
    const struct parameter_value *to = request_parameter(request, AT_COMPARE_TO);

    query->has_earlier = compare->is_set || from->is_set;
    query->is_year_before = compare->is_set && compare->integer == COMPARE_YEAR;
    if (from->is_set)
        query->earlier = (struct metrics_window){timestamp_quarter(from->integer), timestamp_quarter(to->integer)};
    else
        query->earlier = (struct metrics_window){2 * query->now.from - query->now.to, query->now.from};
}

/* The tests take the two windows' answers for different ones. */
static void check_earlier(struct request *request, const struct metrics_query *query)
{
    const char *name = request_parameter(request, AT_COMPARE)->is_set ? "compare" : "compare_from";
    if (!query->has_earlier)
        return;
    if (query->earlier.from >= query->earlier.to)
        reply_fault(request, NULL, name, "is a window without any time in it");
    else if (query->earlier.from < 0)
        reply_fault(request, NULL, name, "leads to a time before 1970");
    else if (query->earlier.to > query->now.from && query->earlier.from < query->now.to)
        reply_fault(request, NULL, name, "overlaps the time from from to to: an answer can't be compared with itself");
}

static void check_horizon(struct request *request, const struct metrics_query *query, struct metrics_window window)
{
    for (size_t i = 0; i < query->rollup.project_count; i++) {
        const struct project *project = snapshot_project(query->snapshot, query->rollup.project_ids[i]);
        char text[TIMESTAMP_TEXT_SIZE];
        if (quarter_start_us(window.from) >= project->retention_horizon_us)
            continue;
        reply_fault(request, NULL, "dedupe",
                    "reads the answers themselves, and those of the project '%s' from before %s were deleted by age",
                    project->name, timestamp_format(project->retention_horizon_us, text));
        return;
    }
}

static void choose_dedupe(struct request *request, struct metrics_query *query)
{
    query->dedupe = (enum dedupe)request_parameter(request, AT_DEDUPE)->integer;
    if (query->dedupe == DEDUPE_ALL)
        return;
    check_horizon(request, query, query->now);
    if (query->rolling > 0)
        reply_fault(request, NULL, "dedupe", "doesn't go with rolling");
}

bool metrics_options_make(struct request *request, struct arena *arena, struct metrics_query *query)
{
    if (!metrics_query_begin(request, arena, query) || !choose_metrics(request, query))
        return false;
    metrics_query_columns(request, query, "group_by", request_parameter(request, AT_GROUP_BY), false);
    check_names(request, query);
    metrics_query_limit(query, request_parameter(request, AT_LIMIT));
    choose_series(request, query);
    choose_rolling(request, query);
    choose_control(request, query);
    choose_order(request, query);
    choose_method(request, query);
    choose_rescale(request, query);
    choose_dedupe(request, query);
    check_compare(request);
    choose_earlier(request, query);
    return metrics_query_end(request);
}

bool metrics_options_check_earlier(struct request *request, const struct metrics_query *query)
{
    check_earlier(request, query);
    if (query->has_earlier && query->dedupe != DEDUPE_ALL)
        check_horizon(request, query, query->earlier);
    return metrics_query_end(request);
}
