/* SPDX-License-Identifier: MIT */
#include "metrics_query.h"

#include "api/service.h"
#include "base/clock.h"
#include "base/scope.h"
#include "base/timestamp.h"
#include "http/reply.h"

#include <string.h>

enum { QUARTERS_A_DAY = 96, DEFAULT_DAYS = 30 };

const char *const metrics_level_names[] = {"0.90", "0.95", "0.99", NULL};
static const double levels[] = {0.90, 0.95, 0.99};
enum { LEVEL_DEFAULT = 1 };

double metrics_level(const struct parameter_value *chosen)
{
    return levels[chosen->is_set ? chosen->integer : LEVEL_DEFAULT];
}

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
    const struct parameter_value *named = request_parameter(request, METRICS_AT_PROJECT);
    size_t count;
    const struct project *all = snapshot_projects(query->snapshot, &count);
    int32_t *ids = arena_array(request_arena(request), count + 1, sizeof *ids);

    if (ids == NULL)
        return false;
    query->rollup.project_ids = ids;
    for (size_t i = 0; named->word_count == 0 && i < count; i++)
        if (is_open(key, &all[i]))
            add_project(query, ids, &all[i]);
    if (named->word_count == 0 && query->rollup.project_count == 0)
        reply_fault(request, NULL, "project", "the organization of the key has none");
    for (size_t i = 0; i < named->word_count; i++) {
        const struct project *project = snapshot_project_named(query->snapshot, named->words[i]);
        if (is_open(key, project))
            add_project(query, ids, project);
        else
            reply_fault(request, NULL, "project", "'%s' is not a project that the key opens", named->words[i]);
    }
    return true;
}

const struct project *metrics_query_project(const struct metrics_query *query)
{
    return query->rollup.project_count == 1 ? snapshot_project(query->snapshot, query->rollup.project_ids[0]) : NULL;
}

static int find_column(const struct metrics_query *query, const struct key *key, const char *name)
{
    enum dimension found = project_dimension(metrics_query_project(query), name);
    if (strcmp(name, "project") == 0)
        return key->project_id == 0 ? METRICS_COLUMN_PROJECT : -1;
    return found == DIMENSION_COUNT ? -1 : (int)found;
}

static bool is_grouped(const struct metrics_query *query, int dimension)
{
    return dimension == METRICS_COLUMN_PROJECT ? query->rollup.by_project : query->rollup.group_by >> dimension & 1;
}

void metrics_query_columns(struct request *request, struct metrics_query *query, const char *parameter,
                           const struct parameter_value *words, bool is_needed)
{
    const struct key *key = request_principal(request)->key;
    query->may_group = strcmp(parameter, "group_by") == 0;
    if (is_needed && !words->is_set)
        reply_fault(request, NULL, parameter, "is needed: a dimension, such as %s=channel", parameter);
    for (size_t i = 0; i < words->word_count; i++) {
        const char *name = words->words[i];
        int dimension = find_column(query, key, name);
        if (dimension < 0 && strcmp(name, "project") == 0) {
            reply_fault(request, NULL, parameter, "'project' takes a key of an organization");
        } else if (dimension < 0) {
            reply_fault(request, NULL, parameter, "'%s' is not a dimension", name);
        } else if (is_grouped(query, dimension)) {
            reply_fault(request, NULL, parameter, "'%s' is named twice", name);
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
    const struct parameter_value *from = request_parameter(request, METRICS_AT_FROM);
    const struct parameter_value *to = request_parameter(request, METRICS_AT_TO);
    int32_t length = DEFAULT_DAYS * QUARTERS_A_DAY;

    query->now.to = to->is_set ? timestamp_quarter(to->integer) : timestamp_quarter(request_received_us(request)) + 1;
    query->now.from = query->now.to > length ? query->now.to - length : 0;
    if (from->is_set)
        query->now.from = timestamp_quarter(from->integer);
    if (query->now.from >= query->now.to)
        reply_fault(request, NULL, "from", "must be before to%s", to->is_set ? "" : ", which is the present");
}

/* Of several projects the strictest one's: their numbers are one. */
static void choose_min_n(struct request *request, struct metrics_query *query)
{
    query->min_n = 1;
    if (scope_holds(request_principal(request)->key->scope, SCOPE_READ))
        return;
    for (size_t i = 0; i < query->rollup.project_count; i++) {
        int32_t own = snapshot_project(query->snapshot, query->rollup.project_ids[i])->publish_min_n;
        if (own > query->min_n)
            query->min_n = own;
    }
}

bool metrics_query_begin(struct request *request, struct arena *arena, struct metrics_query *query)
{
    const struct parameter_value *filters = request_parameter(request, METRICS_AT_DIMENSIONS);

    *query = (struct metrics_query){
        .snapshot = request_principal(request)->snapshot, .arena = arena, .as_of_us = clock_now_us()};
    query->metric_parameter = "metric";
    query->level = metrics_level(request_parameter(request, METRICS_AT_LEVEL));
    query->limit = METRICS_LIMIT;
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        query->rollup.values[d] = filters->filters[d];
        query->rollup.value_counts[d] = filters->filter_counts[d];
    }
    if (!choose_projects(request, query) || !metrics_query_scope(request, query)) {
        problem_of_status(request, STATUS_NO_MEMORY, "metrics");
        return false;
    }
    choose_time(request, query);
    choose_min_n(request, query);
    /* What none of the key's projects asks is not its to know. */
    if (query->rollup.project_count == 0)
        return metrics_query_end(request);
    return true;
}

void metrics_query_limit(struct metrics_query *query, const struct parameter_value *limit)
{
    if (limit->is_set)
        query->limit = (size_t)limit->integer;
}

bool metrics_query_end(struct request *request)
{
    if (reply_fault_count(request) == 0)
        return true;
    reply_problem(request, 422, "validation", "The question can't be answered as it stands.");
    return false;
}
