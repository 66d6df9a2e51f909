/* SPDX-License-Identifier: MIT */
#include "answer_question.h"

#include "api/parameter.h"
#include "api/service.h"
#include "base/timestamp.h"
#include "storage/response.h"
#include "storage/survey.h"

#include <stdlib.h>
#include <string.h>

/* --- projects ------------------------------------------------------------------------------------------------------ */

static const char project_parameter[] = "project";
static const char metric_parameter[] = "metric";

static bool opens(const struct key *key, const struct project *project)
{
    return project && project->organization_id == key->organization_id &&
           (key->project_id == 0 || key->project_id == project->id);
}

static const struct parameter_value *named_projects(const struct request *request)
{
    const struct parameter *table = request_route(request)->parameters;
    for (size_t i = 0; table[i].name; i++)
        if (strcmp(table[i].name, project_parameter) == 0)
            return request_parameter(request, i);
    return NULL;
}

static int ascending(const void *a, const void *b)
{
    return (*(const int32_t *)a > *(const int32_t *)b) - (*(const int32_t *)a < *(const int32_t *)b);
}

static void sort_projects(struct answer_question *question)
{
    size_t kept = 0;
    qsort(question->projects, question->project_count, sizeof *question->projects, ascending);
    for (size_t i = 0; i < question->project_count; i++)
        if (kept == 0 || question->projects[kept - 1] != question->projects[i])
            question->projects[kept++] = question->projects[i];
    question->project_count = kept;
}

/* Those that are named; without names, all that the key opens. */
static bool list_projects(struct request *request, struct answer_question *question)
{
    const struct principal *principal = request_principal(request);
    const struct parameter_value *named = named_projects(request);
    size_t words = named ? named->word_count : 0;
    size_t count;
    const struct project *all = snapshot_projects(principal->snapshot, &count);

    question->projects = arena_array(request_arena(request), count + words + 1, sizeof *question->projects);
    if (question->projects == NULL)
        return false;
    for (size_t i = 0; words == 0 && i < count; i++)
        if (opens(principal->key, &all[i]))
            question->projects[question->project_count++] = all[i].id;
    for (size_t i = 0; i < words; i++) {
        const struct project *project = snapshot_project_named(principal->snapshot, named->words[i]);
        if (!opens(principal->key, project))
            return false;
        question->projects[question->project_count++] = project->id;
    }
    sort_projects(question);
    return true;
}

/* --- values -------------------------------------------------------------------------------------------------------- */

static void put_number(struct buffer *text, int64_t number)
{
    buffer_append(text, &number, sizeof number);
}

/* An absent text is not an empty one. */
static void put_text(struct buffer *text, struct text value)
{
    put_number(text, text_is_absent(value) ? -1 : (int64_t)value.size);
    buffer_append(text, value.bytes, value.size);
}

static int compare_texts(const void *a, const void *b)
{
    const struct text *x = a;
    const struct text *y = b;
    int order;
    if (text_is_absent(*x) || text_is_absent(*y))
        return text_is_absent(*x) - text_is_absent(*y);
    order = memcmp(x->bytes, y->bytes, x->size < y->size ? x->size : y->size);
    return order ? order : (x->size > y->size) - (x->size < y->size);
}

/* Any of them: their order says nothing, nor does a repetition. Sorted where they stand, which changes no answer. */
static void put_filter(struct buffer *text, struct text *values, size_t count)
{
    qsort(values, count, sizeof *values, compare_texts);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || compare_texts(&values[i - 1], &values[i]) != 0)
            put_text(text, values[i]);
}

static void put_filters(struct buffer *text, const struct parameter_value *value)
{
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        if (value->filter_counts[d] == 0)
            continue;
        put_number(text, d);
        put_filter(text, value->filters[d], value->filter_counts[d]);
    }
    put_number(text, DIMENSION_COUNT);
}

/* In their order, which the reply follows. */
static void put_words(struct buffer *text, const struct parameter_value *value)
{
    put_number(text, (int64_t)value->word_count);
    for (size_t i = 0; i < value->word_count; i++)
        put_text(text, text_of(value->words[i]));
}

/* The built-in ones stand in a reply in an order of their own. */
static void put_metrics(struct buffer *text, const struct parameter_value *value)
{
    int64_t built_in = 0;
    for (size_t i = 0; i < value->word_count; i++)
        for (int q = 0; q < QUESTION_COUNT; q++)
            if (strcmp(value->words[i], question_scales[q].key) == 0)
                built_in |= INT64_C(1) << q;
    put_number(text, built_in);
    for (size_t i = 0; i < value->word_count; i++)
        if (definition_built_in(text_of(value->words[i])) == NULL)
            put_text(text, text_of(value->words[i]));
    put_text(text, TEXT_ABSENT);
}

static void put_value(struct buffer *text, const struct parameter *parameter, const struct parameter_value *value)
{
    switch (parameter->type) {
    case PARAMETER_INTEGER:
    case PARAMETER_TIME:
    case PARAMETER_QUARTER:
    case PARAMETER_CHOICE:
    case PARAMETER_CHOICES:
    case PARAMETER_BOOLEAN:
        put_number(text, value->integer);
        break;
    case PARAMETER_NUMBER:
        buffer_append(text, &value->number, sizeof value->number);
        break;
    case PARAMETER_TEXT:
    case PARAMETER_TIME_ZONE:
    case PARAMETER_CURSOR:
        put_text(text, value->text);
        break;
    case PARAMETER_WORDS:
        put_words(text, value);
        break;
    case PARAMETER_ID:
        buffer_append(text, value->id.bytes, sizeof value->id.bytes);
        break;
    case PARAMETER_DIMENSIONS:
        put_filters(text, value);
        break;
    }
}

static void put_parameters(struct buffer *text, const struct request *request)
{
    const struct parameter *table = request_route(request)->parameters;
    for (size_t i = 0; table[i].name; i++) {
        const struct parameter_value *value = request_parameter(request, i);
        if (!value->is_set || strcmp(table[i].name, project_parameter) == 0)
            continue;
        put_number(text, (int64_t)i);
        if (strcmp(table[i].name, metric_parameter) == 0)
            put_metrics(text, value);
        else
            put_value(text, &table[i], value);
    }
}

/* The quarter of an hour: windows that nobody named end with it. The key's scope: numbers of few answers are hidden from some.
 * What else a reply depends on lies in the projects' settings. */
static void put_circumstances(struct buffer *text, const struct request *request,
                              const struct answer_question *question)
{
    const struct principal *principal = request_principal(request);
    buffer_string(text, request_route(request)->pattern);
    put_text(text, text_of(request_path_value(request, 0)));
    buffer_append(text, snapshot_version(principal->snapshot), CONTENT_HASH_SIZE);
    put_number(text, scope_holds(principal->key->scope, SCOPE_READ));
    put_number(text, principal->key->project_id == 0);
    put_number(text, timestamp_quarter(request_received_us(request)));
    put_number(text, (int64_t)question->project_count);
    buffer_append(text, question->projects, question->project_count * sizeof *question->projects);
}

bool answer_question_make(struct request *request, struct answer_question *question)
{
    *question = (struct answer_question){.projects = NULL};
    buffer_init(&question->text);
    if (!list_projects(request, question))
        return false;
    put_circumstances(&question->text, request, question);
    put_parameters(&question->text, request);
    return !question->text.failed;
}

void answer_question_clear(struct answer_question *question)
{
    buffer_clear(&question->text);
}
