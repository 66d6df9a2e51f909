/* SPDX-License-Identifier: MIT */
#include "storage/statistics.h"

#include "query.h"

enum status statistics_renew(struct connection *connection)
{
    return query_execute(connection, QUERY_STATISTICS_RENEW, NULL);
}

enum status statistics_keep(struct connection *connection, bool *renewed)
{
    struct result *result;
    enum status status = query_run(connection, QUERY_STATISTICS_MISSING, NULL, &result);
    *renewed = status == STATUS_OK && result_bool(result, 0, 0);
    result_free(result);
    return *renewed ? statistics_renew(connection) : status;
}
