/* SPDX-License-Identifier: MIT */
#include "storage/erasure.h"

#include "query.h"

static enum status run(struct connection *connection, int32_t project_id, int32_t key_id, struct text customer_id,
                       struct erasure *erasure)
{
    struct arguments arguments;
    struct result *result;
    enum status status;

    arguments_init(&arguments);
    argument_int4(&arguments, project_id);
    argument_text(&arguments, customer_id);
    argument_id(&arguments, &erasure->id);
    argument_int4(&arguments, key_id);
    status = query_run(connection, QUERY_ERASURE_RUN, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    erasure->erased_us = result_time(result, 0, 0);
    erasure->responses = result_int8(result, 0, 1);
    erasure->events = result_int8(result, 0, 2);
    result_free(result);
    return STATUS_OK;
}

static enum status drop_token(struct connection *connection, int32_t project_id, struct text customer_id)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, project_id);
    argument_text(&arguments, customer_id);
    status = query_execute(connection, QUERY_CUSTOMER_TOKEN_DROP, &arguments);
    arguments_clear(&arguments);
    return status;
}

enum status erasure_run(struct connection *connection, int32_t project_id, int32_t key_id, struct text customer_id,
                        struct erasure *erasure)
{
    enum status status = connection_begin_as(connection, DATABASE_WRITER);
    if (status == STATUS_OK)
        status = run(connection, project_id, key_id, customer_id, erasure);
    if (status == STATUS_OK)
        status = drop_token(connection, project_id, customer_id);
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status != STATUS_OK)
        connection_rollback(connection);
    return status;
}
