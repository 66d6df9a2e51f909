/* SPDX-License-Identifier: MIT */
#include "survey_read.h"

#include "query.h"

#include <string.h>

/* While the surveys are read: rows of all projects, one after the other. */
struct reading {
    struct connection *connection;
    struct arena *arena;
    struct question_definition *definitions;
    int32_t *definition_projects;
    size_t definition_count;
    struct survey *surveys;
    size_t survey_count;
    struct project_surveys *projects;
    size_t project_count;
};

static void read_definition(const struct result *result, int row, struct arena *arena,
                            struct question_definition *definition, bool *failed)
{
    definition->id = result_int4(result, row, 1);
    definition->survey = result_copy(result, row, 2, arena, failed).bytes;
    definition->question = result_copy(result, row, 3, arena, failed).bytes;
    definition->version = result_int4(result, row, 4);
    definition->metric = result_copy(result, row, 5, arena, failed).bytes;
    definition->scale_min = (int8_t)result_int2(result, row, 6);
    definition->scale_max = (int8_t)result_int2(result, row, 7);
    definition->low_is_good = result_int2(result, row, 8) < 0;
    definition->satisfied = (uint32_t)result_int4(result, row, 9);
    definition->dissatisfied = (uint32_t)result_int4(result, row, 10);
    definition->headline = result_copy(result, row, 11, arena, failed).bytes;
    definition->created_us = result_time(result, row, 12);
}

static enum status read_definitions(struct reading *reading)
{
    struct result *result;
    bool failed = false;
    enum status status = query_run(reading->connection, QUERY_DIRECTORY_DEFINITIONS, NULL, &result);
    if (status != STATUS_OK)
        return status;
    reading->definition_count = (size_t)result_rows(result);
    reading->definitions = arena_array(reading->arena, reading->definition_count + 1, sizeof *reading->definitions);
    reading->definition_projects = arena_array(reading->arena, reading->definition_count + 1, sizeof(int32_t));
    failed = reading->definitions == NULL || reading->definition_projects == NULL;
    for (size_t i = 0; !failed && i < reading->definition_count; i++) {
        reading->definition_projects[i] = result_int4(result, (int)i, 0);
        read_definition(result, (int)i, reading->arena, &reading->definitions[i], &failed);
    }
    result_free(result);
    return failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status read_surveys(struct reading *reading)
{
    struct result *result;
    bool failed = false;
    enum status status = query_run(reading->connection, QUERY_DIRECTORY_SURVEYS, NULL, &result);
    if (status != STATUS_OK)
        return status;
    reading->survey_count = (size_t)result_rows(result);
    reading->surveys = arena_array(reading->arena, reading->survey_count + 1, sizeof *reading->surveys);
    failed = reading->surveys == NULL;
    for (size_t i = 0; !failed && i < reading->survey_count; i++) {
        struct survey *survey = &reading->surveys[i];
        survey->project_id = result_int4(result, (int)i, 0);
        survey->key = result_copy(result, (int)i, 1, reading->arena, &failed).bytes;
        survey->title = result_copy(result, (int)i, 2, reading->arena, &failed);
        survey->created_us = result_time(result, (int)i, 3);
        survey->updated_us = result_time(result, (int)i, 4);
        survey->is_deleted = result_bool(result, (int)i, 5);
    }
    result_free(result);
    return failed ? STATUS_NO_MEMORY : STATUS_OK;
}

/* Definitions and surveys are both ascending by project, and a survey without definitions of its own has built-in ones. */
static bool group_by_project(struct reading *reading)
{
    size_t definition = 0;
    reading->projects = arena_array(reading->arena, reading->survey_count + 1, sizeof *reading->projects);
    for (size_t i = 0; reading->projects && i < reading->survey_count; i++) {
        struct project_surveys *project = &reading->projects[reading->project_count];
        if (i > 0 && reading->surveys[i - 1].project_id == reading->surveys[i].project_id) {
            project[-1].survey_count++;
            continue;
        }
        *project = (struct project_surveys){
            .project_id = reading->surveys[i].project_id, .surveys = &reading->surveys[i], .survey_count = 1};
        while (definition < reading->definition_count && reading->definition_projects[definition] < project->project_id)
            definition++;
        project->definitions = &reading->definitions[definition];
        while (definition + project->definition_count < reading->definition_count &&
               reading->definition_projects[definition + project->definition_count] == project->project_id)
            project->definition_count++;
        reading->project_count++;
    }
    return reading->projects != NULL;
}

/* The rows of one survey, from *row on: its versions, and the questions of each. */
static bool read_versions(const struct result *result, int *row, const struct project_surveys *project,
                          struct survey *survey, struct arena *arena)
{
    struct survey_question *questions;
    struct survey_version *versions;
    bool failed = false;
    int end = *row;
    while (end < result_rows(result) && result_int4(result, end, 0) == survey->project_id &&
           text_equal(result_text(result, end, 1), text_of(survey->key)))
        end++;
    questions = arena_array(arena, (size_t)(end - *row) + 1, sizeof *questions);
    versions = arena_array(arena, (size_t)(end - *row) + 1, sizeof *versions);
    if (questions == NULL || versions == NULL)
        return false;
    survey->versions = versions;
    for (; *row < end; (*row)++, questions++) {
        int32_t version = result_int4(result, *row, 2);
        if (survey->version_count == 0 || versions[survey->version_count - 1].version != version)
            versions[survey->version_count++] =
                (struct survey_version){version, result_time(result, *row, 3), questions, 0};
        versions[survey->version_count - 1].question_count++;
        questions->definition = definition_of(project, result_int4(result, *row, 4));
        questions->wording = result_copy(result, *row, 5, arena, &failed);
        failed = failed || questions->definition == NULL;
    }
    return !failed;
}

static enum status read_questions(struct reading *reading)
{
    struct result *result;
    bool is_read = true;
    int row = 0;
    size_t survey = 0;
    enum status status = query_run(reading->connection, QUERY_DIRECTORY_SURVEY_QUESTIONS, NULL, &result);
    if (status != STATUS_OK)
        return status;
    for (size_t p = 0; is_read && p < reading->project_count; p++)
        for (size_t i = 0; is_read && i < reading->projects[p].survey_count; i++)
            is_read = read_versions(result, &row, &reading->projects[p], &reading->surveys[survey++], reading->arena);
    result_free(result);
    return is_read ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status surveys_read(struct connection *connection, struct arena *arena, const struct project_surveys **surveys,
                         size_t *count)
{
    struct reading reading = {.connection = connection, .arena = arena};
    enum status status = read_definitions(&reading);
    if (status == STATUS_OK)
        status = read_surveys(&reading);
    if (status == STATUS_OK && !group_by_project(&reading))
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = read_questions(&reading);
    *surveys = reading.projects;
    *count = reading.project_count;
    return status;
}
