/* SPDX-License-Identifier: MIT */
#include "storage/event.h"

#include "columns.h"
#include "query.h"

/* One line a column. NOLINTNEXTLINE(readability-function-size) */
static void insert_columns(struct arguments *arguments, struct event *const *e, size_t count)
{
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, e[i]->cell.project_id));
    COLUMN(arguments, ARRAY_UUID, element_id(arguments, &e[i]->id));
    COLUMN(arguments, ARRAY_TIMESTAMPTZ, element_time(arguments, e[i]->occurred_us));
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, e[i]->cell_id));
    COLUMN(arguments, ARRAY_INT4, element_int4(arguments, e[i]->key_id));
    COLUMN(arguments, ARRAY_BOOL, element_bool(arguments, e[i]->is_test));
    COLUMN(arguments, ARRAY_BYTEA, element_bytes(arguments, e[i]->content_hash, CONTENT_HASH_SIZE));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, e[i]->action));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, e[i]->stage));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, e[i]->customer_id));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, e[i]->session_id));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, e[i]->interaction_id));
    COLUMN(arguments, ARRAY_UUID,
           e[i]->has_response_id ? element_id(arguments, &e[i]->response_id) : element_null(arguments));
    COLUMN(arguments, ARRAY_INT8,
           e[i]->has_duration ? element_int8(arguments, e[i]->duration_ms) : element_null(arguments));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, e[i]->amount));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, e[i]->currency));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, e[i]->source));
    COLUMN(arguments, ARRAY_TEXT, element_text(arguments, e[i]->properties));
}

static int compare_key(const struct event *event, int32_t project_id, const struct id *id)
{
    if (event->cell.project_id != project_id)
        return event->cell.project_id < project_id ? -1 : 1;
    return id_compare(&event->id, id);
}

static void mark_new(struct event *const *events, size_t count, const struct result *result,
                     enum event_verdict *verdicts)
{
    for (size_t i = 0; i < count; i++)
        verdicts[i] = EVENT_CONTRADICTS;
    for (int row = 0; row < result_rows(result); row++) {
        int32_t project_id = result_int4(result, row, 0);
        struct id id = result_id(result, row, 1);
        size_t low = 0;
        size_t high = count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (compare_key(events[middle], project_id, &id) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        verdicts[low] = EVENT_NEW;
    }
}

/* Asks about all: those that were inserted just now compare equal to themselves and stay new. */
static enum status judge_known(struct connection *connection, struct event *const *events, size_t count,
                               enum event_verdict *verdicts)
{
    struct arguments arguments;
    struct result *result;
    enum status status;

    arguments_init(&arguments);
    COLUMN(&arguments, ARRAY_INT4, element_int4(&arguments, events[i]->cell.project_id));
    COLUMN(&arguments, ARRAY_UUID, element_id(&arguments, &events[i]->id));
    COLUMN(&arguments, ARRAY_BYTEA, element_bytes(&arguments, events[i]->content_hash, CONTENT_HASH_SIZE));
    status = query_run(connection, QUERY_EVENT_KNOWN, &arguments, &result);
    for (int row = 0; status == STATUS_OK && row < result_rows(result); row++) {
        size_t i = (size_t)result_int8(result, row, 0) - 1;
        if (verdicts[i] != EVENT_NEW && result_bool(result, row, 1))
            verdicts[i] = EVENT_KNOWN;
    }
    result_free(result);
    arguments_clear(&arguments);
    return status;
}

enum status event_insert(struct connection *connection, struct event *const *events, size_t count,
                         enum event_verdict *verdicts)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    bool all_new;

    arguments_init(&arguments);
    insert_columns(&arguments, events, count);
    status = query_run(connection, QUERY_EVENT_INSERT, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    mark_new(events, count, result, verdicts);
    all_new = (size_t)result_rows(result) == count;
    result_free(result);
    return all_new ? STATUS_OK : judge_known(connection, events, count, verdicts);
}
