/* SPDX-License-Identifier: MIT */
#include "columns.h"
#include "query.h"
#include "storage/response.h"
#include "storage/survey.h"

#include <string.h>

/* What is there before a change, read under the project's lock. */
struct current {
    int32_t version; /* 0: there never was one */
    bool is_deleted;
    int64_t updated_us;
    int64_t now_us; /* when the change happens */
    int64_t questions;
    int64_t surveys;  /* of the project */
    int64_t versions; /* of the project */
    int32_t last_definition;
};

/* A draft on its way into the tables. */
struct storing {
    struct connection *connection;
    const struct survey_draft *draft;
    struct current current;
    int32_t definitions[SURVEY_QUESTIONS_MAX]; /* 0: a new one */
    struct survey_put *put;
    bool has_changed;
};

static bool exists(const struct current *current)
{
    return current->version != 0 && !current->is_deleted;
}

static void survey_arguments(struct arguments *arguments, int32_t project_id, const char *key)
{
    argument_int4(arguments, project_id);
    argument_text(arguments, text_of(key));
}

/* Runs, clears the arguments, and says whether a row came back. */
static enum status run(struct connection *connection, enum query_name name, struct arguments *arguments, bool *has_row)
{
    struct result *result;
    enum status status = query_run(connection, name, arguments, &result);
    arguments_clear(arguments);
    *has_row = status == STATUS_OK && result_rows(result) > 0;
    result_free(result);
    return status;
}

static enum status lock_project(struct connection *connection, int32_t project_id)
{
    struct arguments arguments;
    bool is_there;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, project_id);
    status = run(connection, QUERY_SURVEY_LOCK, &arguments, &is_there);
    return status == STATUS_OK && !is_there ? STATUS_NOT_FOUND : status;
}

/* A statement of its own: one that waited for the lock still sees what was there before it waited. */
static enum status read_current(struct connection *connection, int32_t project_id, const char *key,
                                struct current *current)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    arguments_init(&arguments);
    survey_arguments(&arguments, project_id, key);
    status = query_run(connection, QUERY_SURVEY_CURRENT, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    *current = (struct current){.now_us = result_time(result, 0, 3),
                                .questions = result_int8(result, 0, 4),
                                .surveys = result_int8(result, 0, 5),
                                .versions = result_int8(result, 0, 6),
                                .last_definition = result_int4(result, 0, 7)};
    if (!result_is_null(result, 0, 0)) {
        current->version = result_int4(result, 0, 0);
        current->is_deleted = result_bool(result, 0, 1);
        current->updated_us = result_time(result, 0, 2);
    }
    result_free(result);
    return STATUS_OK;
}

/* Begins; the caller rolls back whatever comes of it. */
static enum status begin(struct connection *connection, int32_t project_id, const char *key, struct current *current)
{
    enum status status = connection_begin_as(connection, DATABASE_OWNER);
    if (status == STATUS_OK)
        status = lock_project(connection, project_id);
    if (status == STATUS_OK)
        status = read_current(connection, project_id, key, current);
    return status;
}

/* --- which definition each question has ------------------------------------------------------------------------------ */

static int32_t built_in(const struct question_definition *definition)
{
    if (definition->low_is_good || definition->satisfied || definition->dissatisfied || definition->headline ||
        strcmp(definition->metric, definition->question) != 0)
        return 0;
    for (int q = 0; q < QUESTION_COUNT; q++)
        if (strcmp(question_scales[q].key, definition->question) == 0 &&
            question_scales[q].min == definition->scale_min && question_scales[q].max == definition->scale_max)
            return DEFINITION_NPS + q;
    return 0;
}

static int16_t polarity_of(const struct question_definition *definition)
{
    return definition->low_is_good ? -1 : 1;
}

static void match_arguments(struct arguments *arguments, const struct survey_draft *draft, int32_t version)
{
    const struct survey_draft_question *questions = draft->questions;
    size_t count = draft->question_count;
    survey_arguments(arguments, draft->project_id, draft->key);
    argument_int4(arguments, version);
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, text_of(questions[i].definition.question)));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, text_of(questions[i].definition.metric)));
    COLUMN(arguments, ARRAY_INT2, element_int2(arguments, questions[i].definition.scale_min));
    COLUMN(arguments, ARRAY_INT2, element_int2(arguments, questions[i].definition.scale_max));
    COLUMN(arguments, ARRAY_INT2, element_int2(arguments, polarity_of(&questions[i].definition)));
}

/* Also finds out whether the questions are those of the current version, in any order. */
static enum status match_definitions(struct storing *storing)
{
    const struct survey_draft *draft = storing->draft;
    struct arguments arguments;
    struct result *result;
    bool is_same = storing->current.questions == (int64_t)draft->question_count;
    enum status status;

    arguments_init(&arguments);
    match_arguments(&arguments, draft, storing->current.version);
    status = query_run(storing->connection, QUERY_SURVEY_MATCH, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < draft->question_count; i++) {
        int32_t own = built_in(&draft->questions[i].definition);
        storing->definitions[i] = own ? own : result_int4(result, (int)i, 0);
        is_same = is_same && storing->definitions[i] != 0 && storing->definitions[i] == result_int4(result, (int)i, 1);
    }
    result_free(result);
    storing->put->is_new = !exists(&storing->current);
    storing->put->starts_version = storing->put->is_new || !is_same;
    storing->put->version = storing->current.version + storing->put->starts_version;
    return STATUS_OK;
}

static enum status check(const struct storing *storing)
{
    const struct current *current = &storing->current;
    const struct survey_draft *draft = storing->draft;
    if (draft->if_absent && exists(current))
        return STATUS_CONFLICT;
    if (draft->if_updated_us && (!exists(current) || current->updated_us != draft->if_updated_us))
        return STATUS_CONFLICT;
    return STATUS_OK;
}

static enum status check_caps(const struct storing *storing)
{
    const struct current *current = &storing->current;
    if (current->version == 0 && current->surveys >= SURVEYS_MAX)
        return STATUS_TOO_LARGE;
    if (storing->put->version > SURVEY_VERSIONS_MAX)
        return STATUS_TOO_LARGE;
    return storing->put->starts_version && current->versions >= PROJECT_VERSIONS_MAX ? STATUS_TOO_LARGE : STATUS_OK;
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

static void argument_scores(struct arguments *arguments, const struct question_definition *definition, uint32_t set)
{
    argument_array(arguments, ARRAY_INT2);
    for (int bit = 0; definition->scale_min + bit <= definition->scale_max; bit++)
        if (set >> bit & 1)
            element_int2(arguments, (int16_t)(definition->scale_min + bit));
}

static enum status store_definition(struct storing *storing, size_t i)
{
    const struct question_definition *definition = &storing->draft->questions[i].definition;
    struct arguments arguments;
    bool has_changed;
    enum status status;

    if (storing->definitions[i] == 0)
        storing->definitions[i] = ++storing->current.last_definition;
    else if (storing->definitions[i] <= DEFINITION_BUILT_IN_MAX)
        return STATUS_OK;
    arguments_init(&arguments);
    argument_int4(&arguments, storing->draft->project_id);
    argument_int4(&arguments, storing->definitions[i]);
    argument_text(&arguments, text_of(storing->draft->key));
    argument_text(&arguments, text_of(definition->question));
    argument_int4(&arguments, storing->put->version);
    argument_text(&arguments, text_of(definition->metric));
    argument_int2(&arguments, definition->scale_min);
    argument_int2(&arguments, definition->scale_max);
    argument_int2(&arguments, polarity_of(definition));
    argument_scores(&arguments, definition, definition->satisfied);
    argument_scores(&arguments, definition, definition->dissatisfied);
    argument_text(&arguments, text_of(definition->headline));
    argument_time(&arguments, storing->current.now_us);
    status = run(storing->connection, QUERY_SURVEY_DEFINITION_STORE, &arguments, &has_changed);
    storing->has_changed = storing->has_changed || has_changed;
    return status;
}

static enum status store_question(struct storing *storing, size_t i)
{
    const struct survey_draft_question *question = &storing->draft->questions[i];
    struct arguments arguments;
    bool has_changed;
    enum status status;

    arguments_init(&arguments);
    survey_arguments(&arguments, storing->draft->project_id, storing->draft->key);
    argument_int4(&arguments, storing->put->version);
    argument_int2(&arguments, (int16_t)i);
    argument_text(&arguments, text_of(question->definition.question));
    argument_int4(&arguments, storing->definitions[i]);
    argument_text(&arguments, question->wording);
    status = run(storing->connection, QUERY_SURVEY_QUESTION_STORE, &arguments, &has_changed);
    storing->has_changed = storing->has_changed || has_changed;
    return status;
}

static enum status add_version(const struct storing *storing)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    survey_arguments(&arguments, storing->draft->project_id, storing->draft->key);
    argument_int4(&arguments, storing->put->version);
    argument_time(&arguments, storing->current.now_us);
    status = query_execute(storing->connection, QUERY_SURVEY_VERSION_ADD, &arguments);
    arguments_clear(&arguments);
    return status;
}

static enum status store_survey(const struct storing *storing)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    survey_arguments(&arguments, storing->draft->project_id, storing->draft->key);
    argument_int4(&arguments, storing->put->version);
    argument_text(&arguments, storing->draft->title);
    argument_time(&arguments, storing->current.now_us);
    argument_bool(&arguments, storing->has_changed);
    status = query_execute(storing->connection, QUERY_SURVEY_STORE, &arguments);
    arguments_clear(&arguments);
    return status;
}

static enum status store(struct storing *storing)
{
    enum status status = STATUS_OK;
    storing->has_changed = storing->put->starts_version;
    if (storing->put->starts_version)
        status = add_version(storing);
    for (size_t i = 0; status == STATUS_OK && i < storing->draft->question_count; i++) {
        status = store_definition(storing, i);
        if (status == STATUS_OK)
            status = store_question(storing, i);
    }
    return status == STATUS_OK ? store_survey(storing) : status;
}

enum status survey_put(struct connection *connection, const struct survey_draft *draft, struct survey_put *put)
{
    struct storing storing = {.connection = connection, .draft = draft, .put = put};
    enum status status;

    *put = (struct survey_put){0};
    if (draft->question_count > SURVEY_QUESTIONS_MAX)
        return STATUS_TOO_LARGE;
    status = begin(connection, draft->project_id, draft->key, &storing.current);
    if (status == STATUS_OK)
        status = check(&storing);
    if (status == STATUS_OK)
        status = match_definitions(&storing);
    if (status == STATUS_OK)
        status = check_caps(&storing);
    if (status == STATUS_OK)
        status = store(&storing);
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status != STATUS_OK)
        connection_rollback(connection);
    return status;
}

static enum status remove_survey(struct connection *connection, int32_t project_id, const char *key, int64_t now_us)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    survey_arguments(&arguments, project_id, key);
    argument_time(&arguments, now_us);
    status = query_execute(connection, QUERY_SURVEY_REMOVE, &arguments);
    arguments_clear(&arguments);
    return status;
}

enum status survey_delete(struct connection *connection, int32_t project_id, const char *key, int64_t if_updated_us)
{
    struct current current;
    enum status status = begin(connection, project_id, key, &current);
    if (status == STATUS_OK && !exists(&current))
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK && if_updated_us && current.updated_us != if_updated_us)
        status = STATUS_CONFLICT;
    if (status == STATUS_OK)
        status = remove_survey(connection, project_id, key, current.now_us);
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status != STATUS_OK)
        connection_rollback(connection);
    return status;
}
