/* SPDX-License-Identifier: MIT */
#include "storage/posted.h"

#include "base/timestamp.h"
#include "query.h"
#include "storage/audit.h"

#include <stdio.h>

enum status posted_list(struct connection *connection, const struct posted_query *query, const struct posted_row *after,
                        struct posted_row rows[POSTED_PAGE], size_t *count)
{
    static const struct posted_row start = {.updated_us = -1};
    struct arguments arguments;
    struct result *result;
    enum status status;

    after = after ? after : &start;
    arguments_init(&arguments);
    argument_int4(&arguments, query->project_id);
    argument_int4(&arguments, query->key_id);
    argument_time(&arguments, query->from_us);
    argument_time(&arguments, query->to_us);
    argument_time(&arguments, after->updated_us);
    argument_id(&arguments, &after->id);
    if (query->is_excluded_given)
        argument_bool(&arguments, query->excluded);
    else
        argument_null(&arguments);
    argument_int4(&arguments, POSTED_PAGE);
    status = query_run(connection, QUERY_RESPONSE_POSTED, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    *count = (size_t)result_rows(result);
    for (int i = 0; i < (int)*count; i++)
        rows[i] = (struct posted_row){.id = result_id(result, i, 0),
                                      .updated_us = result_time(result, i, 1),
                                      .received_us = result_time(result, i, 2),
                                      .excluded = result_bool(result, i, 3)};
    result_free(result);
    return STATUS_OK;
}

static enum status add_note(struct connection *connection, const struct audit_act *act)
{
    enum status status = connection_begin_as(connection, DATABASE_WRITER);
    if (status == STATUS_OK)
        status = audit_add(connection, act, 1);
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status != STATUS_OK)
        connection_rollback(connection);
    return status;
}

enum status posted_note(struct connection *connection, const struct posted_query *query, int32_t by_key_id,
                        bool excluded, size_t responses)
{
    char detail[200];
    char from[TIMESTAMP_TEXT_SIZE];
    char to[TIMESTAMP_TEXT_SIZE];
    const struct audit_act act = {.key_id = by_key_id,
                                  .act = excluded ? "responses excluded" : "responses put back",
                                  .project_id = query->project_id,
                                  .detail = detail};
    snprintf(detail, sizeof detail, "{\"key_id\":%d,\"from\":\"%s\",\"to\":\"%s\",\"responses\":%zu}",
             (int)query->key_id, timestamp_format(query->from_us, from), timestamp_format(query->to_us, to), responses);
    return add_note(connection, &act);
}
