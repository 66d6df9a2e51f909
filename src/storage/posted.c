/* SPDX-License-Identifier: MIT */
#include "storage/posted.h"

#include "query.h"

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
