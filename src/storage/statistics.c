/* SPDX-License-Identifier: MIT */
#include "storage/statistics.h"

#include "query.h"

enum status statistics_renew(struct connection *connection)
{
    return query_execute(connection, QUERY_STATISTICS_RENEW, NULL);
}
