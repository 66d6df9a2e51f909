/* SPDX-License-Identifier: MIT */
#include "answers.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "body.h"
#include "call.h"
#include "draft.h"
#include "handlers.h"
#include "http/reply.h"
#include "posted_filter.h"
#include "write.h"

#include <string.h>

static const int64_t DAY_US = INT64_C(86400) * 1000000;
enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000 };

static bool path_id(struct request *request, struct id *id)
{
    const char *text = request_path_value(request, 0);
    if (text && id_parse(text, strlen(text), id))
        return true;
    reply_problem(request, 404, "not-found", "There is no such response: an id is a UUID.");
    return false;
}

enum outcome responses_get(struct request *request, struct service *service, struct connection *connection)
{
    const struct project *project = request_principal(request)->project;
    struct stored_response *row;
    struct buffer json;
    struct id id;
    enum status status;

    (void)service;
    if (!path_id(request, &id))
        return HANDLED;
    status = response_get(connection, project->id, &id, request_arena(request), &row);
    if (status != STATUS_OK) {
        problem_of_status(request, status, "response");
        return HANDLED;
    }
    buffer_init(&json);
    write_response(&json, row, request_principal(request));
    reply_json(request, 200, &json);
    return HANDLED;
}

/* --- the list ---------------------------------------------------------------------------------------------------- */

enum list_parameter {
    LIST_FROM,
    LIST_TO,
    LIST_LIMIT,
    LIST_CURSOR,
    LIST_CUSTOMER,
    LIST_INTERACTION,
    LIST_WORDS,
    LIST_BAND,
    LIST_HAS_COMMENT,
    LIST_EXCLUDED,
    LIST_TEST,
    LIST_UPDATED_SINCE,
    LIST_KEY_ID,
    LIST_RECEIVED_FROM,
    LIST_RECEIVED_TO,
    LIST_FILTERS
};

static const char *const bands[] = {"promoter", "passive", "detractor", NULL};

const struct parameter responses_list_parameters[] = {
    [LIST_FROM] = {.name = "from", .type = PARAMETER_TIME},
    [LIST_TO] = {.name = "to", .type = PARAMETER_TIME},
    [LIST_LIMIT] = {.name = "limit", .type = PARAMETER_INTEGER, .min = 1, .max = LIMIT_MAX},
    [LIST_CURSOR] = {.name = "cursor", .type = PARAMETER_CURSOR},
    [LIST_CUSTOMER] = {.name = "customer_id", .type = PARAMETER_TEXT, .min = 1, .max = 128},
    [LIST_INTERACTION] = {.name = "interaction_id", .type = PARAMETER_TEXT, .min = 1, .max = 128},
    [LIST_WORDS] = {.name = "q", .type = PARAMETER_TEXT, .min = 1, .max = 200},
    [LIST_BAND] = {.name = "band", .type = PARAMETER_CHOICE, .choices = bands},
    [LIST_HAS_COMMENT] = {.name = "has_comment", .type = PARAMETER_BOOLEAN},
    [LIST_EXCLUDED] = {.name = "excluded", .type = PARAMETER_BOOLEAN},
    [LIST_TEST] = {.name = "test", .type = PARAMETER_BOOLEAN},
    [LIST_UPDATED_SINCE] = {.name = "updated_since", .type = PARAMETER_TIME},
    [LIST_KEY_ID] = {.name = "key_id", .type = PARAMETER_INTEGER, .min = 1, .max = INT32_MAX},
    [LIST_RECEIVED_FROM] = {.name = "received_from", .type = PARAMETER_TIME},
    [LIST_RECEIVED_TO] = {.name = "received_to", .type = PARAMETER_TIME},
    [LIST_FILTERS] = {.name = "dimensions", .type = PARAMETER_DIMENSIONS},
    {0},
};

static int8_t tristate(const struct parameter_value *value)
{
    if (!value->is_set)
        return -1;
    return (int8_t)(value->integer != 0);
}

static size_t count_words(struct text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += text.bytes[i] != ' ' && (i == 0 || text.bytes[i - 1] == ' ');
    return count;
}

static bool check_list(struct request *request, struct response_filter *filter, const char *list)
{
    const struct parameter_value *cursor = request_parameter(request, LIST_CURSOR);
    if (filter->by_update &&
        (request_parameter(request, LIST_FROM)->is_set || request_parameter(request, LIST_TO)->is_set))
        reply_fault(request, NULL, "updated_since",
                    "is another order of the list: it can't be combined with from and to");
    else if (filter->from_us >= filter->to_us)
        reply_fault(request, NULL, "from", "must be before to");
    if (!text_is_absent(filter->words) &&
        (count_words(filter->words) == 0 || count_words(filter->words) > RESPONSE_WORDS_MAX))
        reply_fault(request, NULL, "q", "must be 1 to %d words", RESPONSE_WORDS_MAX);
    filter->has_cursor = cursor->is_set;
    if (cursor->is_set && !cursor_open(cursor->text, list, &filter->cursor_us, &filter->cursor_id))
        reply_fault(request, NULL, "cursor", "is not one that this list gave out");
    if (reply_fault_count(request) == 0)
        return true;
    reply_problem(request, 422, "validation", "The query can't be answered as it is.");
    return false;
}

static void read_filter(struct request *request, struct response_filter *filter)
{
    const struct parameter_value *dimensions = request_parameter(request, LIST_FILTERS);
    const struct parameter_value *band = request_parameter(request, LIST_BAND);
    const struct parameter_value *limit = request_parameter(request, LIST_LIMIT);

    memset(filter, 0, sizeof *filter);
    filter->project_id = request_principal(request)->project->id;
    filter->from_us = request_parameter(request, LIST_FROM)->integer;
    /* The clock of a phone may have been ahead by up to a day: those answers are the newest. */
    filter->to_us = request_parameter(request, LIST_TO)->is_set ? request_parameter(request, LIST_TO)->integer
                                                                : clock_now_us() + 2 * DAY_US;
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        filter->values[d] = dimensions->filters[d];
        filter->value_counts[d] = dimensions->filter_counts[d];
    }
    filter->customer_id = request_parameter(request, LIST_CUSTOMER)->text;
    filter->interaction_id = request_parameter(request, LIST_INTERACTION)->text;
    filter->words = request_parameter(request, LIST_WORDS)->text;
    filter->band = band->is_set ? (enum response_band)(band->integer + BAND_PROMOTER) : BAND_ANY;
    filter->has_comment = tristate(request_parameter(request, LIST_HAS_COMMENT));
    filter->excluded = tristate(request_parameter(request, LIST_EXCLUDED));
    filter->is_test = tristate(request_parameter(request, LIST_TEST));
    filter->by_update = request_parameter(request, LIST_UPDATED_SINCE)->is_set;
    filter->updated_since_us = request_parameter(request, LIST_UPDATED_SINCE)->integer;
    filter->posted = posted_filter_read(request, LIST_KEY_ID);
    filter->limit = limit->is_set ? (int)limit->integer : LIMIT_DEFAULT;
}

enum outcome responses_list(struct request *request, struct service *service, struct connection *connection)
{
    struct response_filter filter;
    struct response_page page;
    struct buffer json;
    const char *list;
    enum status status;

    (void)service;
    if (!posted_filter_admit(request, LIST_KEY_ID))
        return HANDLED;
    read_filter(request, &filter);
    list = filter.by_update ? "updated" : "responses";
    if (!check_list(request, &filter, list))
        return HANDLED;
    status = response_list(connection, &filter, request_arena(request), &page);
    if (status != STATUS_OK) {
        problem_of_status(request, status, "list");
        return HANDLED;
    }
    buffer_init(&json);
    buffer_string(&json, "{\"data\":[");
    for (size_t i = 0; i < page.count; i++) {
        buffer_string(&json, i ? "," : "");
        write_response(&json, &page.rows[i], request_principal(request));
    }
    write_page_end(request, &json,
                   page.has_more ? cursor_seal(request_arena(request), list, page.last_us, &page.last_id) : NULL);
    reply_json(request, 200, &json);
    return HANDLED;
}

/* --- the patch --------------------------------------------------------------------------------------------------- */

static void fill_patch(struct patch *patch, const struct draft *draft, const struct principal *principal)
{
    patch->project_id = principal->project->id;
    patch->key_id = principal->key->id;
    patch->replaced_key_id = principal->key->replaces;
    patch->own_only = principal->key->scope == SCOPE_WRITE;
    patch->sets_comment = draft->flags & DRAFT_HAS_COMMENT;
    patch->comment = draft->texts[DRAFT_COMMENT];
    patch->sets_tags = draft->flags & DRAFT_HAS_TAGS;
    patch->tags = draft->tags;
    patch->tag_count = draft->tag_count;
    patch->sets_excluded = draft->flags & DRAFT_HAS_EXCLUDED;
    patch->excluded = draft->excluded;
}

static bool decode_patch(struct request *request, struct draft *draft, struct patch *patch)
{
    struct faults faults;
    json_t *json = body_object(request, &faults);

    if (json == NULL)
        return false;
    draft_decode(draft, json, draft_patch_fields, request_principal(request)->project, &faults);
    if (json_object_size(json) == 0)
        faults_add(&faults, "#", "changes nothing: answers, comment, tags or excluded is expected");
    json_decref(json);
    fill_patch(patch, draft, request_principal(request));
    answers_check_patch(draft, request_principal(request)->snapshot, patch, &faults);
    return body_is_sound(request, &faults);
}

enum outcome responses_patch(struct request *request, struct service *service, struct connection *connection)
{
    const struct principal *principal = request_principal(request);
    struct draft draft;
    struct ingest_item *item = arena_alloc(request_arena(request), sizeof *item);
    struct patch *patch = arena_alloc(request_arena(request), sizeof *patch);
    struct id id;

    (void)service;
    (void)connection;
    if (item == NULL || patch == NULL) {
        problem_of_status(request, STATUS_NO_MEMORY, "patch");
        return HANDLED;
    }
    if (!path_id(request, &id) || !decode_patch(request, &draft, patch))
        return HANDLED;
    if ((draft.flags & DRAFT_HAS_EXCLUDED) && principal->key->scope == SCOPE_WRITE) {
        reply_problem(request, 403, "forbidden", "Only an admin key may exclude an answer from the numbers.");
        return HANDLED;
    }
    patch->id = id;
    item->kind = INGEST_PATCH;
    item->patch = patch;
    return submit_item(request, item);
}
