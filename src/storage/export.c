/* SPDX-License-Identifier: MIT */
#include "storage/export.h"

#include "event_row.h"
#include "response_row.h"

static enum status run(struct connection *connection, enum query_name name, int32_t project_id,
                       const struct export_place *place, struct result **result)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, project_id);
    argument_time(&arguments, place->us);
    argument_id(&arguments, &place->id);
    argument_int4(&arguments, EXPORT_PAGE);
    status = query_run(connection, name, &arguments, result);
    arguments_clear(&arguments);
    return status;
}

enum status export_responses(struct connection *connection, int32_t project_id, struct export_place *place,
                             struct arena *arena, struct stored_response **rows, size_t *count)
{
    struct result *result;
    enum status status = run(connection, QUERY_EXPORT_RESPONSES, project_id, place, &result);
    if (status == STATUS_OK)
        status = response_rows_read(result, arena, rows, count);
    result_free(result);
    if (status == STATUS_OK && *count > 0)
        *place = (struct export_place){(*rows)[*count - 1].response.occurred_us, (*rows)[*count - 1].response.id};
    return status;
}

enum status export_events(struct connection *connection, int32_t project_id, struct export_place *place,
                          struct arena *arena, struct stored_event **rows, size_t *count)
{
    struct result *result;
    enum status status = run(connection, QUERY_EXPORT_EVENTS, project_id, place, &result);
    if (status == STATUS_OK)
        status = event_rows_read(result, arena, rows, count);
    result_free(result);
    if (status == STATUS_OK && *count > 0)
        *place = (struct export_place){(*rows)[*count - 1].event.occurred_us, (*rows)[*count - 1].event.id};
    return status;
}
