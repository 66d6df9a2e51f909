/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "handlers.h"
#include "http/reply.h"
#include "posted_filter.h"
#include "write.h"

#include <string.h>

static const int64_t DAY_US = INT64_C(86400) * 1000000;
enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000 };

enum list_parameter {
    LIST_FROM,
    LIST_TO,
    LIST_LIMIT,
    LIST_CURSOR,
    LIST_ACTION,
    LIST_STAGE,
    LIST_CUSTOMER,
    LIST_SESSION,
    LIST_INTERACTION,
    LIST_KEY_ID,
    LIST_RECEIVED_FROM,
    LIST_RECEIVED_TO,
    LIST_FILTERS
};

const struct parameter events_list_parameters[] = {
    [LIST_FROM] = {.name = "from", .type = PARAMETER_TIME},
    [LIST_TO] = {.name = "to", .type = PARAMETER_TIME},
    [LIST_LIMIT] = {.name = "limit", .type = PARAMETER_INTEGER, .min = 1, .max = LIMIT_MAX},
    [LIST_CURSOR] = {.name = "cursor", .type = PARAMETER_CURSOR},
    [LIST_ACTION] = {.name = "action", .type = PARAMETER_TEXT, .min = 1, .max = 64},
    [LIST_STAGE] = {.name = "stage", .type = PARAMETER_TEXT, .min = 1, .max = 64},
    [LIST_CUSTOMER] = {.name = "customer_id", .type = PARAMETER_TEXT, .min = 1, .max = 128},
    [LIST_SESSION] = {.name = "session_id", .type = PARAMETER_TEXT, .min = 1, .max = 128},
    [LIST_INTERACTION] = {.name = "interaction_id", .type = PARAMETER_TEXT, .min = 1, .max = 128},
    [LIST_KEY_ID] = {.name = "key_id", .type = PARAMETER_INTEGER, .min = 1, .max = INT32_MAX},
    [LIST_RECEIVED_FROM] = {.name = "received_from", .type = PARAMETER_TIME},
    [LIST_RECEIVED_TO] = {.name = "received_to", .type = PARAMETER_TIME},
    [LIST_FILTERS] = {.name = "dimensions", .type = PARAMETER_DIMENSIONS},
    {0},
};

static bool read_filter(struct request *request, struct event_filter *filter)
{
    const struct parameter_value *cursor = request_parameter(request, LIST_CURSOR);
    const struct parameter_value *limit = request_parameter(request, LIST_LIMIT);
    const struct parameter_value *dimensions = request_parameter(request, LIST_FILTERS);

    memset(filter, 0, sizeof *filter);
    filter->project_id = request_principal(request)->project->id;
    filter->from_us = request_parameter(request, LIST_FROM)->integer;
    filter->to_us = request_parameter(request, LIST_TO)->is_set ? request_parameter(request, LIST_TO)->integer
                                                                : clock_now_us() + 2 * DAY_US;
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        filter->values[d] = dimensions->filters[d];
        filter->value_counts[d] = dimensions->filter_counts[d];
    }
    filter->action = request_parameter(request, LIST_ACTION)->text;
    filter->stage = request_parameter(request, LIST_STAGE)->text;
    filter->customer_id = request_parameter(request, LIST_CUSTOMER)->text;
    filter->session_id = request_parameter(request, LIST_SESSION)->text;
    filter->interaction_id = request_parameter(request, LIST_INTERACTION)->text;
    filter->posted = posted_filter_read(request, LIST_KEY_ID);
    filter->limit = limit->is_set ? (int)limit->integer : LIMIT_DEFAULT;
    filter->has_cursor = cursor->is_set;
    if (filter->from_us >= filter->to_us)
        reply_fault(request, NULL, "from", "must be before to");
    if (cursor->is_set && !cursor_open(cursor->text, "events", &filter->cursor_us, &filter->cursor_id))
        reply_fault(request, NULL, "cursor", "is not one that this list gave out");
    return reply_fault_count(request) == 0;
}

enum outcome events_list(struct request *request, struct service *service, struct connection *connection)
{
    const struct project *project = request_principal(request)->project;
    struct event_filter filter;
    struct event_page page;
    struct buffer json;
    enum status status;

    (void)service;
    if (!posted_filter_admit(request, LIST_KEY_ID))
        return HANDLED;
    if (!read_filter(request, &filter)) {
        reply_problem(request, 422, "validation", "The query can't be answered as it is.");
        return HANDLED;
    }
    status = event_list(connection, &filter, request_arena(request), &page);
    if (status != STATUS_OK) {
        problem_of_status(request, status, "list");
        return HANDLED;
    }
    buffer_init(&json);
    buffer_string(&json, "{\"data\":[");
    for (size_t i = 0; i < page.count; i++) {
        buffer_string(&json, i ? "," : "");
        write_event(&json, &page.rows[i], project);
    }
    write_page_end(request, &json,
                   page.has_more ? cursor_seal(request_arena(request), "events", page.last_us, &page.last_id) : NULL);
    reply_json(request, 200, &json);
    return HANDLED;
}
