/* SPDX-License-Identifier: MIT */
#include "metrics_choice.h"

#include "question_meaning.h"
#include "storage/response.h"

#include <string.h>

static bool is_named(const struct metrics_scope *scope, const char *survey)
{
    for (size_t i = 0; i < scope->survey_count; i++)
        if (text_is(scope->surveys[i], survey))
            return true;
    return scope->survey_count == 0;
}

static const struct survey *find_survey(const struct metrics_project *project, struct text key)
{
    for (size_t i = 0; i < project->survey_count; i++)
        if (text_is(key, project->surveys[i].key))
            return &project->surveys[i];
    return NULL;
}

const struct survey *metrics_scope_survey(const struct metrics_scope *scope, int32_t project_id, struct text key)
{
    for (size_t i = 0; i < scope->project_count; i++)
        if (scope->projects[i].id == project_id)
            return find_survey(&scope->projects[i], key);
    return NULL;
}

static bool asks(const struct survey_version *version, const char *key, const struct question_definition *definition)
{
    const struct survey_question *question = survey_question(version, text_of(key));
    return question && question->definition->id == definition->id;
}

struct metrics_run metrics_run_of(const struct survey *survey, const char *key,
                                  const struct question_definition *definition)
{
    struct metrics_run run = {0, 0};
    for (size_t v = survey->version_count; v > 0; v--) {
        const struct survey_version *version = &survey->versions[v - 1];
        if (asks(version, key, definition)) {
            run.version = run.version ? run.version : version->version;
            run.since_us = version->created_us;
        } else if (run.version != 0) {
            break;
        }
    }
    /* What is answered to a deleted survey has the built-in meaning. */
    if (survey->is_deleted && definition->survey == NULL)
        run.since_us = survey->updated_us;
    return run;
}

/* A built-in question is asked by a survey only where it is known to be that one's. */
static int64_t since(const struct metrics_scope *scope, const struct metrics_project *project, const char *name,
                     const struct question_definition *definition)
{
    const struct survey *survey = NULL;
    if (definition->survey)
        survey = find_survey(project, text_of(definition->survey));
    else if (scope->project_count == 1 && scope->survey_count == 1)
        survey = find_survey(project, scope->surveys[0]);
    return survey ? metrics_run_of(survey, name, definition).since_us : 0;
}

/* Sources as they are found; without room they are only counted. */
struct finding {
    const struct metrics_scope *scope;
    const char *name;
    struct metrics_source *sources; /* NULL: no room */
    size_t count;
    bool has_built_in;
};

static void find(struct finding *finding, const struct metrics_project *project,
                 const struct question_definition *definition)
{
    bool is_built_in = definition->survey == NULL;
    if (is_built_in && finding->has_built_in)
        return;
    finding->has_built_in |= is_built_in;
    if (finding->sources)
        finding->sources[finding->count] =
            (struct metrics_source){.project_id = is_built_in ? 0 : project->id,
                                    .question = definition,
                                    .since_us = since(finding->scope, project, finding->name, definition)};
    finding->count++;
}

static void find_in_project(struct finding *finding, const struct metrics_project *project)
{
    const struct metrics_scope *scope = finding->scope;
    const struct question_definition *built_in = definition_built_in(text_of(finding->name));
    const struct survey_question *question;
    if (scope->has_version) {
        question = project->version ? survey_question(project->version, text_of(finding->name)) : NULL;
        if (question)
            find(finding, project, question->definition);
        return;
    }
    if (built_in)
        find(finding, project, built_in);
    for (size_t i = 0; i < project->definition_count; i++)
        if (strcmp(project->definitions[i].question, finding->name) == 0 &&
            is_named(scope, project->definitions[i].survey))
            find(finding, project, &project->definitions[i]);
}

static size_t find_all(const struct metrics_scope *scope, const char *name, struct metrics_source *sources)
{
    struct finding finding = {.scope = scope, .name = name, .sources = sources};
    for (size_t i = 0; i < scope->project_count; i++)
        find_in_project(&finding, &scope->projects[i]);
    return finding.count;
}

static struct metrics_slot *find_slot(struct metrics_metric *metric, const struct definition *definition)
{
    for (size_t i = 0; i < metric->slot_count; i++)
        if (strcmp(metric->slots[i].definition.id, definition->id) == 0)
            return &metric->slots[i];
    metric->slots[metric->slot_count] =
        (struct metrics_slot){.definition = *definition, .width = definition->max - definition->min + 1, .counter = -1};
    return &metric->slots[metric->slot_count++];
}

static bool is_newer(const struct metrics_source *a, const struct metrics_source *b)
{
    return a->since_us != b->since_us ? a->since_us > b->since_us : a->question->id > b->question->id;
}

/* One that can't be read as a definition is not there. */
static void assign_slots(struct metrics_metric *metric)
{
    size_t kept = 0;
    size_t newest = 0;
    for (size_t i = 0; i < metric->source_count; i++) {
        struct definition definition;
        if (question_meaning(metric->sources[i].question, &definition) != STATUS_OK)
            continue;
        metric->sources[kept] = metric->sources[i];
        metric->sources[kept].slot = find_slot(metric, &definition);
        metric->sources[kept].slot->is_built_in |= metrics_is_built_in(&metric->sources[kept]);
        if (is_newer(&metric->sources[kept], &metric->sources[newest]))
            newest = kept;
        kept++;
    }
    metric->source_count = kept;
    if (kept > 0)
        metric->newest = (size_t)(metric->sources[newest].slot - metric->slots);
}

static bool is_anywhere(const struct metrics_scope *scope, const char *name)
{
    struct metrics_scope all = *scope;
    all.survey_count = 0;
    all.has_version = false;
    return find_all(&all, name, NULL) > 0;
}

enum metrics_found metrics_choice_add(struct metrics_choice *choice, const struct metrics_scope *scope,
                                      const char *name, struct arena *arena)
{
    struct metrics_metric *metric = &choice->metrics[choice->count];
    *metric = (struct metrics_metric){.name = name, .source_count = find_all(scope, name, NULL)};
    metric->sources = arena_array(arena, metric->source_count + 1, sizeof *metric->sources);
    metric->slots = arena_array(arena, metric->source_count + 1, sizeof *metric->slots);
    if (metric->sources == NULL || metric->slots == NULL)
        return METRICS_NO_MEMORY;
    find_all(scope, name, metric->sources);
    assign_slots(metric);
    if (metric->source_count == 0)
        return is_anywhere(scope, name) ? METRICS_ELSEWHERE : METRICS_UNKNOWN;
    choice->count++;
    return METRICS_FOUND;
}

int metrics_choice_find(const struct metrics_choice *choice, const char *name, size_t size)
{
    for (size_t m = 0; m < choice->count; m++)
        if (strlen(choice->metrics[m].name) == size && memcmp(choice->metrics[m].name, name, size) == 0)
            return (int)m;
    return -1;
}

static int counter_of(const struct question_definition *built_in)
{
    int first = 0;
    for (int q = 0; q < built_in->id - DEFINITION_NPS; q++)
        first += question_scales[q].max - question_scales[q].min + 1;
    return first;
}

/* How the rollup is asked for one source: the built-in question's counts come by themselves, unless it shares. */
static size_t read_source(const struct metrics_source *source, bool is_shared, int32_t question,
                          const struct rollup_query *rollup, struct rollup_definition *definitions)
{
    size_t count = 0;
    if (source->is_left_out)
        return 0;
    if (metrics_is_built_in(source) && !is_shared) {
        source->slot->counter = counter_of(source->question);
        return 0;
    }
    for (size_t p = 0; p < rollup->project_count; p++)
        if (source->project_id == 0 || source->project_id == rollup->project_ids[p])
            definitions[count++] = (struct rollup_definition){rollup->project_ids[p], source->question->id, question};
    return count;
}

static size_t count_sources(const struct metrics_choice *choice)
{
    size_t count = 0;
    for (size_t m = 0; m < choice->count; m++)
        count += choice->metrics[m].source_count;
    return count;
}

bool metrics_choice_settle(struct metrics_choice *choice, struct rollup_query *rollup, bool dedupe, struct arena *arena)
{
    /* Built-in questions are of each project, the others of one. */
    size_t room = count_sources(choice) + METRICS_MAX * rollup->project_count;
    struct rollup_definition *definitions = arena_array(arena, room, sizeof *definitions);
    choice->definitions = arena_array(arena, room, sizeof(struct metrics_source *));
    if (definitions == NULL || choice->definitions == NULL)
        return false;
    choice->width = 0;
    rollup->definitions = definitions;
    rollup->definition_count = 0;
    for (size_t m = 0; m < choice->count; m++) {
        struct metrics_metric *metric = &choice->metrics[m];
        bool is_shared = dedupe && metric->source_count > 1;
        for (size_t i = 0; i < metric->slot_count; i++) {
            metric->slots[i].first = choice->width;
            metric->slots[i].counter = -1;
            choice->width += metric->slots[i].width;
        }
        for (size_t i = 0; i < metric->source_count; i++) {
            size_t count =
                read_source(&metric->sources[i], is_shared, (int32_t)m, rollup, &definitions[rollup->definition_count]);
            while (count-- > 0)
                choice->definitions[rollup->definition_count++] = &metric->sources[i];
        }
    }
    return true;
}

const char *metrics_scope_next(const struct metrics_scope *scope, const char *after)
{
    const char *next = NULL;
    for (size_t p = 0; p < scope->project_count; p++) {
        for (size_t i = 0; i < scope->projects[p].definition_count; i++) {
            const char *name = scope->projects[p].definitions[i].question;
            if ((after == NULL || strcmp(name, after) > 0) && (next == NULL || strcmp(name, next) < 0) &&
                definition_built_in(text_of(name)) == NULL)
                next = name;
        }
    }
    return next;
}
