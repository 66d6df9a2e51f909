/* SPDX-License-Identifier: MIT */
#include "query.h"
#include "storage/response.h"

#include <stdlib.h>

static int by_id(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a;
    int32_t right = *(const int32_t *)b;
    return (left > right) - (left < right);
}

enum status response_latest(struct connection *connection, const int32_t *project_ids, size_t count, int64_t *latest_us)
{
    struct arguments arguments;
    struct result *result;
    arguments_init(&arguments);
    argument_array(&arguments, ARRAY_INT4);
    for (size_t i = 0; i < count; i++) {
        element_int4(&arguments, project_ids[i]);
        latest_us[i] = INT64_MIN;
    }
    enum status status = query_run(connection, QUERY_RESPONSE_LATEST, &arguments, &result);
    arguments_clear(&arguments);
    for (int row = 0; status == STATUS_OK && row < result_rows(result); row++) {
        int32_t id = result_int4(result, row, 0);
        const int32_t *at = bsearch(&id, project_ids, count, sizeof id, by_id);
        if (at != NULL)
            latest_us[at - project_ids] = result_time(result, row, 1);
    }
    result_free(result);
    return status;
}
