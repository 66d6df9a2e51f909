/* SPDX-License-Identifier: MIT */
#include "metrics_query.h"

#include "base/timestamp.h"
#include "handlers.h"
#include "http/reply.h"

#include <string.h>

enum { QUARTERS_A_DAY = 96, DEFAULT_DAYS = 30 };

/* By enum question, enum calendar_unit. */
static const char *const question_names[] = {"nps", "csat", "ces", NULL};
static const char *const unit_names[] = {"hour", "day", "week", "month", "quarter", "year", NULL};

static const struct {
    enum metrics_order order;
    enum question question;
    bool is_descending;
} orders[] = {
    {METRICS_ORDER_KEY, 0, false},
    {METRICS_ORDER_KEY, 0, true},
    {METRICS_ORDER_N, 0, false},
    {METRICS_ORDER_N, 0, true},
    {METRICS_ORDER_QUESTION, QUESTION_NPS, false},
    {METRICS_ORDER_QUESTION, QUESTION_NPS, true},
    {METRICS_ORDER_QUESTION, QUESTION_CSAT, false},
    {METRICS_ORDER_QUESTION, QUESTION_CSAT, true},
    {METRICS_ORDER_QUESTION, QUESTION_CES, false},
    {METRICS_ORDER_QUESTION, QUESTION_CES, true},
};
static const char *const order_names[] = {"key",  "-key",  "n",   "-n",   "nps", "-nps",
                                          "csat", "-csat", "ces", "-ces", NULL};

enum { AT_METRIC, AT_GROUP_BY, AT_FROM, AT_TO, AT_INTERVAL, AT_TZ, AT_LIMIT, AT_ORDER, AT_PROJECT, AT_DIMENSIONS };

const struct parameter metrics_parameters[] = {
    [AT_METRIC] = {"metric", PARAMETER_CHOICES, 0, 0, question_names},
    [AT_GROUP_BY] = {"group_by", PARAMETER_WORDS, 0, 0, NULL},
    [AT_FROM] = {"from", PARAMETER_QUARTER, 0, 0, NULL},
    [AT_TO] = {"to", PARAMETER_QUARTER, 0, 0, NULL},
    [AT_INTERVAL] = {"interval", PARAMETER_CHOICE, 0, 0, unit_names},
    [AT_TZ] = {"tz", PARAMETER_TIME_ZONE, 0, 0, NULL},
    [AT_LIMIT] = {"limit", PARAMETER_INTEGER, 1, METRICS_LIMIT_MAX, NULL},
    [AT_ORDER] = {"order", PARAMETER_CHOICE, 0, 0, order_names},
    [AT_PROJECT] = {"project", PARAMETER_WORDS, 0, 0, NULL},
    [AT_DIMENSIONS] = {"dimensions", PARAMETER_DIMENSIONS, 0, 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static bool is_open(const struct key *key, const struct project *project)
{
    return project && project->organization_id == key->organization_id &&
           (key->project_id == 0 || key->project_id == project->id);
}

static void add_project(struct metrics_query *query, int32_t *ids, const struct project *project)
{
    for (size_t i = 0; i < query->rollup.project_count; i++)
        if (ids[i] == project->id)
            return;
    ids[query->rollup.project_count++] = project->id;
}

/* Those that are named; without names, all that the key opens. */
static bool choose_projects(struct request *request, struct metrics_query *query)
{
    const struct key *key = request_principal(request)->key;
    const struct parameter_value *named = request_parameter(request, AT_PROJECT);
    size_t count;
    const struct project *all = snapshot_projects(query->snapshot, &count);
    int32_t *ids = arena_array(request_arena(request), count + 1, sizeof *ids);

    if (ids == NULL)
        return false;
    query->rollup.project_ids = ids;
    for (size_t i = 0; named->word_count == 0 && i < count; i++)
        if (is_open(key, &all[i]))
            add_project(query, ids, &all[i]);
    for (size_t i = 0; i < named->word_count; i++) {
        const struct project *project = snapshot_project_named(query->snapshot, named->words[i]);
        if (is_open(key, project))
            add_project(query, ids, project);
        else
            reply_fault(request, NULL, "project", "'%s' is not a project that the key opens", named->words[i]);
    }
    return true;
}

/* What declares dimensions and a time zone of its own; NULL for several at once. */
static const struct project *single_project(const struct metrics_query *query)
{
    return query->rollup.project_count == 1 ? snapshot_project(query->snapshot, query->rollup.project_ids[0]) : NULL;
}

static int find_column(const struct metrics_query *query, const struct key *key, const char *name)
{
    enum dimension found = project_dimension(single_project(query), name);
    if (strcmp(name, "project") == 0)
        return key->project_id == 0 ? METRICS_COLUMN_PROJECT : -1;
    return found == DIMENSION_COUNT ? -1 : (int)found;
}

static bool is_grouped(const struct metrics_query *query, int dimension)
{
    return dimension == METRICS_COLUMN_PROJECT ? query->rollup.by_project : query->rollup.group_by >> dimension & 1;
}

static void choose_columns(struct request *request, struct metrics_query *query)
{
    const struct key *key = request_principal(request)->key;
    const struct parameter_value *words = request_parameter(request, AT_GROUP_BY);
    for (size_t i = 0; i < words->word_count; i++) {
        const char *name = words->words[i];
        int dimension = find_column(query, key, name);
        if (dimension < 0 && strcmp(name, "project") == 0) {
            reply_fault(request, NULL, "group_by", "'project' takes a key of an organization");
        } else if (dimension < 0) {
            reply_fault(request, NULL, "group_by", "'%s' is not a dimension", name);
        } else if (is_grouped(query, dimension)) {
            reply_fault(request, NULL, "group_by", "'%s' is named twice", name);
        } else {
            query->columns[query->column_count++] = (struct metrics_column){dimension, name};
            if (dimension == METRICS_COLUMN_PROJECT)
                query->rollup.by_project = true;
            else
                query->rollup.group_by |= 1u << dimension;
        }
    }
}

/* to: the end of this quarter of an hour; from: 30 days before to. */
static void choose_time(struct request *request, struct metrics_query *query)
{
    const struct parameter_value *from = request_parameter(request, AT_FROM);
    const struct parameter_value *to = request_parameter(request, AT_TO);
    int32_t length = DEFAULT_DAYS * QUARTERS_A_DAY;

    query->rollup.to =
        to->is_set ? timestamp_quarter(to->integer) : timestamp_quarter(request_received_us(request)) + 1;
    query->rollup.from = query->rollup.to > length ? query->rollup.to - length : 0;
    if (from->is_set)
        query->rollup.from = timestamp_quarter(from->integer);
    if (query->rollup.from >= query->rollup.to)
        reply_fault(request, NULL, "from", "must be before to%s", to->is_set ? "" : ", which is the present");
}

static void choose_series(struct request *request, struct metrics_query *query)
{
    const struct parameter_value *interval = request_parameter(request, AT_INTERVAL);
    const struct parameter_value *tz = request_parameter(request, AT_TZ);
    const struct project *project = single_project(query);
    query->has_series = interval->is_set;
    query->unit = (enum calendar_unit)interval->integer;
    query->time_zone = tz->is_set ? tz->text.bytes : project ? project->time_zone : "UTC";
}

static void choose_order(struct request *request, struct metrics_query *query)
{
    const struct parameter_value *limit = request_parameter(request, AT_LIMIT);
    const struct parameter_value *order = request_parameter(request, AT_ORDER);
    int64_t chosen = order->is_set ? order->integer : 0;
    query->limit = limit->is_set ? (size_t)limit->integer : METRICS_LIMIT;
    query->order = orders[chosen].order;
    query->order_question = orders[chosen].question;
    query->is_descending = orders[chosen].is_descending;
    if (query->order == METRICS_ORDER_QUESTION && !metrics_query_has(query, (int)query->order_question))
        reply_fault(request, NULL, "order", "'%s' is not among the metrics asked for",
                    question_names[query->order_question]);
}

bool metrics_query_make(struct request *request, struct metrics_query *query)
{
    const struct parameter_value *metric = request_parameter(request, AT_METRIC);
    const struct parameter_value *filters = request_parameter(request, AT_DIMENSIONS);

    *query = (struct metrics_query){.snapshot = request_principal(request)->snapshot};
    query->questions = metric->is_set ? (unsigned)metric->integer : (1u << QUESTION_COUNT) - 1;
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        query->rollup.values[d] = filters->filters[d];
        query->rollup.value_counts[d] = filters->filter_counts[d];
    }
    if (!choose_projects(request, query)) {
        problem_of_status(request, STATUS_NO_MEMORY, "metrics");
        return false;
    }
    choose_columns(request, query);
    choose_time(request, query);
    choose_series(request, query);
    choose_order(request, query);
    if (reply_fault_count(request) == 0)
        return true;
    reply_problem(request, 422, "validation", "The question can't be answered as it stands.");
    return false;
}
