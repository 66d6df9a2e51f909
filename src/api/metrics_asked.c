/* SPDX-License-Identifier: MIT */
#include "api/service.h"
#include "base/buffer.h"
#include "http/reply.h"
#include "metrics_query.h"

#include <string.h>

enum { NAMES_SHOWN = 20 };

const char *const metrics_rescale_names[] = {"0-100", NULL};

void metrics_query_rescale(struct metrics_query *query, const struct parameter_value *rescale)
{
    query->may_rescale = true;
    query->is_rescaled = rescale->is_set;
}

static void note_versions(struct request *request, const struct metrics_query *query, const struct survey *survey)
{
    const char *key = query->scope.surveys[0].bytes;
    if (survey == NULL)
        reply_fault(request, NULL, "survey_version", "goes with a survey that was defined, and '%s' was not", key);
    else
        reply_fault(request, NULL, "survey_version", "must be from 1 to %zu, the versions of the survey '%s'",
                    survey->version_count, key);
}

/* Each project has a survey of its own by that key, or none. False: none has that version, which was noted. */
static bool choose_version(struct request *request, const struct metrics_query *query, struct metrics_project *projects)
{
    const struct survey *survey = NULL;
    bool is_found = false;
    if (query->scope.survey_count != 1 || text_is_absent(query->scope.surveys[0])) {
        reply_fault(request, NULL, "survey_version", "goes with one survey: survey=NAME");
        return false;
    }
    for (size_t p = 0; p < query->rollup.project_count; p++) {
        const struct survey *own = snapshot_survey(query->snapshot, projects[p].id, query->scope.surveys[0]);
        projects[p].version = own ? survey_version(own, (int32_t)query->version) : NULL;
        is_found |= projects[p].version != NULL;
        survey = own ? own : survey;
    }
    if (!is_found)
        note_versions(request, query, survey);
    return is_found;
}

bool metrics_query_scope(struct request *request, struct metrics_query *query)
{
    const struct parameter_value *version = request_parameter(request, METRICS_AT_SURVEY_VERSION);
    size_t count = query->rollup.project_count;
    struct metrics_project *projects = arena_array(query->arena, count + 1, sizeof *projects);
    if (projects == NULL)
        return false;
    for (size_t p = 0; p < count; p++) {
        struct metrics_project *project = &projects[p];
        project->id = query->rollup.project_ids[p];
        project->definitions = snapshot_definitions(query->snapshot, project->id, &project->definition_count);
        project->surveys = snapshot_surveys(query->snapshot, project->id, &project->survey_count);
    }
    query->scope = (struct metrics_scope){.projects = projects,
                                          .project_count = count,
                                          .surveys = query->rollup.values[DIMENSION_SURVEY],
                                          .survey_count = query->rollup.value_counts[DIMENSION_SURVEY]};
    query->version = version->integer;
    query->scope.has_version = version->is_set && choose_version(request, query, projects);
    return true;
}

/* Built-in ones first, then those of surveys: "nps, csat and ces", "nps, csat, ces and stars", "…, stars and others". Not all
 * are looked for: a project may have thousands. */
static void list_names(const struct metrics_scope *scope, struct buffer *list)
{
    const char *name = metrics_scope_next(scope, NULL);
    buffer_string(list, name ? "nps, csat, ces" : "nps, csat and ces");
    for (int shown = 0; name; shown++) {
        const char *next = shown < NAMES_SHOWN ? metrics_scope_next(scope, name) : NULL;
        if (shown == NAMES_SHOWN)
            buffer_string(list, " and others");
        else
            buffer_format(list, "%s%s", next ? ", " : " and ", name);
        name = next;
    }
}

/* The names that are known are told once. */
static void note_unknown(struct request *request, const struct metrics_query *query, const char *name)
{
    struct buffer list;
    if (reply_fault_count(request) > 0) {
        reply_fault(request, NULL, query->metric_parameter, "'%.64s' is not a metric", name);
        return;
    }
    buffer_init(&list);
    list_names(&query->scope, &list);
    reply_fault(request, NULL, query->metric_parameter, "'%.64s' is not a metric: %s are known", name,
                list.data ? list.data : "");
    buffer_clear(&list);
}

static void note_elsewhere(struct request *request, const struct metrics_query *query, const char *name)
{
    if (query->scope.has_version)
        reply_fault(request, NULL, query->metric_parameter, "'%s' is not asked in version %lld of the survey '%.*s'",
                    name, (long long)query->version, (int)query->scope.surveys[0].size, query->scope.surveys[0].bytes);
    else
        reply_fault(request, NULL, query->metric_parameter, "'%s' is not a question of the surveys that are asked for",
                    name);
}

static enum metrics_found add(struct request *request, struct metrics_query *query, const char *name)
{
    enum metrics_found found = METRICS_NO_MEMORY;
    if (name)
        found = metrics_choice_add(&query->choice, &query->scope, name, query->arena);
    if (found == METRICS_ELSEWHERE)
        note_elsewhere(request, query, name);
    else if (found == METRICS_NO_MEMORY)
        problem_of_status(request, STATUS_NO_MEMORY, "metrics");
    return found;
}

/* The built-in ones stand in the order in which they always stood: by their ids; the others follow. */
static int order_of(const struct metrics_word *word)
{
    const struct question_definition *built_in = definition_built_in((struct text){word->name, word->size});
    return built_in ? built_in->id : DEFINITION_CES + 1;
}

static bool add_word(struct request *request, struct metrics_query *query, const struct metrics_word *word)
{
    const char *name;
    enum metrics_found found;
    if (metrics_choice_find(&query->choice, word->name, word->size) >= 0)
        return true;
    if (query->choice.count == METRICS_MAX) {
        reply_fault(request, NULL, query->metric_parameter, "must be at most %d metrics", METRICS_MAX);
        return true;
    }
    name = arena_copy(query->arena, word->name, word->size);
    found = add(request, query, name);
    if (found == METRICS_UNKNOWN)
        note_unknown(request, query, name);
    return found != METRICS_NO_MEMORY;
}

bool metrics_query_metrics(struct request *request, struct metrics_query *query, const struct metrics_word *words,
                           size_t count)
{
    for (int order = DEFINITION_NPS; order <= DEFINITION_CES + 1; order++)
        for (size_t i = 0; i < count; i++)
            if (order_of(&words[i]) == order && !add_word(request, query, &words[i]))
                return false;
    return true;
}

static void answer_unknown(struct request *request, const struct metrics_query *query)
{
    struct buffer list;
    buffer_init(&list);
    list_names(&query->scope, &list);
    reply_problem(request, 404, "not-found", "There is no such metric: %s are known.", list.data ? list.data : "");
    buffer_clear(&list);
}

bool metrics_query_of_path(struct request *request, struct arena *arena, struct metrics_query *query)
{
    enum metrics_found found;
    if (!metrics_query_begin(request, arena, query))
        return false;
    found = add(request, query, request_path_value(request, 0));
    if (found == METRICS_UNKNOWN)
        answer_unknown(request, query);
    if (found == METRICS_ELSEWHERE) /* which was noted as a fault */
        return metrics_query_end(request);
    return found == METRICS_FOUND;
}
