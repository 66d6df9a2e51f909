/* SPDX-License-Identifier: MIT */
#include "list_query.h"

#include "api/parameter.h"
#include "api/service.h"
#include "base/clock.h"
#include "handlers.h"
#include "http/reply.h"
#include "path.h"

static const int64_t DAY_US = INT64_C(86400) * 1000000;
enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000 };

/* The tables of all lists begin with these rows. */
enum { AT_LIMIT, AT_CURSOR, AT_FIRST };
#define LIST_PARAMETERS                                                                                          \
    [AT_LIMIT] = {.name = "limit", .type = PARAMETER_INTEGER, .min = 1, .max = LIMIT_MAX}, [AT_CURSOR] = {       \
                                                                                               .name = "cursor", \
                                                                                               .type =           \
                                                                                                   PARAMETER_CURSOR}

/* Those of rows that were posted go on with these. */
enum { AT_FROM = AT_FIRST, AT_TO, AT_KEY_ID, AT_RECEIVED_FROM, AT_RECEIVED_TO, AT_DIMENSIONS, AT_OWN };
#define ROW_PARAMETERS                                                                                        \
    LIST_PARAMETERS, [AT_FROM] = {.name = "from", .type = PARAMETER_TIME},                                    \
                     [AT_TO] = {.name = "to", .type = PARAMETER_TIME},                                        \
                     [AT_KEY_ID] = {.name = "key_id", .type = PARAMETER_INTEGER, .min = 1, .max = INT32_MAX}, \
                     [AT_RECEIVED_FROM] = {.name = "received_from", .type = PARAMETER_TIME},                  \
                     [AT_RECEIVED_TO] = {.name = "received_to", .type = PARAMETER_TIME},                      \
                     [AT_DIMENSIONS] = {.name = "dimensions", .type = PARAMETER_DIMENSIONS}

static int read_limit(const struct request *request)
{
    const struct parameter_value *limit = request_parameter(request, AT_LIMIT);
    return limit->is_set ? (int)limit->integer : LIMIT_DEFAULT;
}

static bool end(struct request *request)
{
    if (reply_fault_count(request) == 0)
        return true;
    reply_problem(request, 422, "validation", "The query can't be answered as it is.");
    return false;
}

static void fault_cursor(struct request *request)
{
    reply_fault(request, NULL, "cursor", "is not one that this list gave out");
}

static bool read_cursor(struct request *request, const char *list, int64_t *us, struct id *id)
{
    const struct parameter_value *cursor = request_parameter(request, AT_CURSOR);
    if (cursor->is_set && !cursor_open(cursor->text, list, us, id))
        fault_cursor(request);
    return cursor->is_set;
}

/* The clock of a phone may have been ahead by up to a day: those rows are the newest. */
static int64_t read_to(const struct request *request)
{
    const struct parameter_value *to = request_parameter(request, AT_TO);
    return to->is_set ? to->integer : clock_now_us() + 2 * DAY_US;
}

static void read_dimensions(const struct request *request, const struct text *values[DIMENSION_COUNT],
                            size_t counts[DIMENSION_COUNT])
{
    const struct parameter_value *dimensions = request_parameter(request, AT_DIMENSIONS);
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        values[d] = dimensions->filters[d];
        counts[d] = dimensions->filter_counts[d];
    }
}

/* Whose posts are looked for is for admins to ask. */
static bool admit(struct request *request)
{
    if (!request_parameter(request, AT_KEY_ID)->is_set || request_principal(request)->key->scope == SCOPE_ADMIN)
        return true;
    reply_problem(request, 403, "forbidden", "Only an admin key may ask what a key posted.");
    return false;
}

static struct posted_filter read_posted(struct request *request)
{
    const struct parameter_value *to = request_parameter(request, AT_RECEIVED_TO);
    struct posted_filter filter = {.key_id = (int32_t)request_parameter(request, AT_KEY_ID)->integer,
                                   .from_us = request_parameter(request, AT_RECEIVED_FROM)->integer,
                                   .to_us = to->is_set ? to->integer : INT64_MAX};
    if (filter.from_us >= filter.to_us)
        reply_fault(request, NULL, "received_from", "must be before received_to");
    return filter;
}

/* --- responses ------------------------------------------------------------------------------------------------------- */

enum {
    RESPONSES_CUSTOMER = AT_OWN,
    RESPONSES_INTERACTION,
    RESPONSES_WORDS,
    RESPONSES_BAND,
    RESPONSES_HAS_COMMENT,
    RESPONSES_EXCLUDED,
    RESPONSES_TEST,
    RESPONSES_UPDATED_SINCE
};

static const char *const bands[] = {"promoter", "passive", "detractor", NULL};

const struct parameter responses_list_parameters[] = {
    ROW_PARAMETERS,
    [RESPONSES_CUSTOMER] = {.name = "customer_id", .type = PARAMETER_TEXT, .min = 1, .max = 128},
    [RESPONSES_INTERACTION] = {.name = "interaction_id", .type = PARAMETER_TEXT, .min = 1, .max = 128},
    [RESPONSES_WORDS] = {.name = "q", .type = PARAMETER_TEXT, .min = 1, .max = 200},
    [RESPONSES_BAND] = {.name = "band", .type = PARAMETER_CHOICE, .choices = bands},
    [RESPONSES_HAS_COMMENT] = {.name = "has_comment", .type = PARAMETER_BOOLEAN},
    [RESPONSES_EXCLUDED] = {.name = "excluded", .type = PARAMETER_BOOLEAN},
    [RESPONSES_TEST] = {.name = "test", .type = PARAMETER_BOOLEAN},
    [RESPONSES_UPDATED_SINCE] = {.name = "updated_since", .type = PARAMETER_TIME},
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

static void read_order(struct request *request, struct response_filter *filter)
{
    const struct parameter_value *since = request_parameter(request, RESPONSES_UPDATED_SINCE);
    filter->by_update = since->is_set;
    filter->updated_since_us = since->integer;
    if (filter->by_update && (request_parameter(request, AT_FROM)->is_set || request_parameter(request, AT_TO)->is_set))
        reply_fault(request, NULL, "updated_since",
                    "is another order of the list: it can't be combined with from and to");
    else if (filter->from_us >= filter->to_us)
        reply_fault(request, NULL, "from", "must be before to");
}

static void read_words(struct request *request, struct response_filter *filter)
{
    const struct parameter_value *words = request_parameter(request, RESPONSES_WORDS);
    size_t count = count_words(words->text);
    filter->words = words->text;
    if (words->is_set && (count == 0 || count > RESPONSE_WORDS_MAX))
        reply_fault(request, NULL, "q", "must be 1 to %d words", RESPONSE_WORDS_MAX);
}

bool list_query_responses(struct request *request, struct response_filter *filter)
{
    const struct parameter_value *band = request_parameter(request, RESPONSES_BAND);
    if (!admit(request))
        return false;
    *filter = (struct response_filter){
        .project_id = request_principal(request)->project->id,
        .from_us = request_parameter(request, AT_FROM)->integer,
        .to_us = read_to(request),
        .customer_id = request_parameter(request, RESPONSES_CUSTOMER)->text,
        .interaction_id = request_parameter(request, RESPONSES_INTERACTION)->text,
        .band = band->is_set ? (enum response_band)(band->integer + BAND_PROMOTER) : BAND_ANY,
        .has_comment = tristate(request_parameter(request, RESPONSES_HAS_COMMENT)),
        .excluded = tristate(request_parameter(request, RESPONSES_EXCLUDED)),
        .is_test = tristate(request_parameter(request, RESPONSES_TEST)),
        .posted = read_posted(request),
        .limit = read_limit(request),
    };
    read_dimensions(request, filter->values, filter->value_counts);
    read_order(request, filter);
    read_words(request, filter);
    filter->has_cursor =
        read_cursor(request, list_query_responses_name(filter), &filter->cursor_us, &filter->cursor_id);
    return end(request);
}

const char *list_query_responses_name(const struct response_filter *filter)
{
    return filter->by_update ? "updated" : "responses";
}

/* --- events ---------------------------------------------------------------------------------------------------------- */

enum { EVENTS_ACTION = AT_OWN, EVENTS_STAGE, EVENTS_CUSTOMER, EVENTS_SESSION, EVENTS_INTERACTION };

const struct parameter events_list_parameters[] = {
    ROW_PARAMETERS,
    [EVENTS_ACTION] = {.name = "action", .type = PARAMETER_TEXT, .min = 1, .max = 64},
    [EVENTS_STAGE] = {.name = "stage", .type = PARAMETER_TEXT, .min = 1, .max = 64},
    [EVENTS_CUSTOMER] = {.name = "customer_id", .type = PARAMETER_TEXT, .min = 1, .max = 128},
    [EVENTS_SESSION] = {.name = "session_id", .type = PARAMETER_TEXT, .min = 1, .max = 128},
    [EVENTS_INTERACTION] = {.name = "interaction_id", .type = PARAMETER_TEXT, .min = 1, .max = 128},
    {0},
};

bool list_query_events(struct request *request, struct event_filter *filter)
{
    if (!admit(request))
        return false;
    *filter = (struct event_filter){
        .project_id = request_principal(request)->project->id,
        .from_us = request_parameter(request, AT_FROM)->integer,
        .to_us = read_to(request),
        .action = request_parameter(request, EVENTS_ACTION)->text,
        .stage = request_parameter(request, EVENTS_STAGE)->text,
        .customer_id = request_parameter(request, EVENTS_CUSTOMER)->text,
        .session_id = request_parameter(request, EVENTS_SESSION)->text,
        .interaction_id = request_parameter(request, EVENTS_INTERACTION)->text,
        .posted = read_posted(request),
        .limit = read_limit(request),
    };
    read_dimensions(request, filter->values, filter->value_counts);
    if (filter->from_us >= filter->to_us)
        reply_fault(request, NULL, "from", "must be before to");
    filter->has_cursor = read_cursor(request, LIST_EVENTS, &filter->cursor_us, &filter->cursor_id);
    return end(request);
}

/* --- one customer ---------------------------------------------------------------------------------------------------- */

const struct parameter customers_export_parameters[] = {
    LIST_PARAMETERS,
    {0},
};

static bool open_export(struct text text, struct customer_query *query)
{
    if (cursor_open(text, LIST_EXPORT_RESPONSES, &query->cursor_us, &query->cursor_id))
        return true;
    query->in_events = true;
    return cursor_open(text, LIST_EXPORT_EVENTS, &query->cursor_us, &query->cursor_id);
}

bool list_query_customer(struct request *request, struct customer_query *query)
{
    const struct parameter_value *cursor = request_parameter(request, AT_CURSOR);
    *query = (struct customer_query){
        .project_id = request_principal(request)->project->id,
        .customer_id = path_customer_id(request),
        .has_cursor = cursor->is_set,
        .limit = read_limit(request),
    };
    if (cursor->is_set && !open_export(cursor->text, query))
        fault_cursor(request);
    return end(request);
}

/* --- surveys --------------------------------------------------------------------------------------------------------- */

const struct parameter surveys_list_parameters[] = {
    LIST_PARAMETERS,
    {0},
};

bool list_query_surveys(struct request *request, struct survey_list_query *query)
{
    const struct parameter_value *cursor = request_parameter(request, AT_CURSOR);
    *query = (struct survey_list_query){.limit = read_limit(request)};
    if (cursor->is_set)
        query->after = cursor_open_key(request_arena(request), cursor->text, LIST_SURVEYS);
    if (cursor->is_set && query->after == NULL)
        fault_cursor(request);
    return end(request);
}
