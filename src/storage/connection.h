/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_CONNECTION_H
#define HARK_STORAGE_CONNECTION_H

#include "labels.h"
#include "query.h"

#include <libpq-fe.h>

/* Inside storage/ only. */
struct connection {
    PGconn *pg; /* NULL while there is none */
    struct database_options options;
    char purpose[24];
    uint64_t generation;
    int64_t since_us; /* monotonic: when the session began */
    bool is_broken;
    bool is_walled;    /* it has taken a role on: row-level security holds */
    int32_t *open_ids; /* the projects that it sees; NULL: never set */
    size_t open_count;
    bool is_prepared[QUERY_COUNT];
    const char *reset; /* statements that take back what the last query's file had set */
    const char *set;   /* and that set it; "": nothing */
    bool is_set;       /* surely: what a transaction set is gone if it failed */
    struct labels labels;
};

/* The bytes of a value; NULL for SQL's NULL. */
const void *result_bytes(const struct result *result, int row, int column, int *size);
/* The result of what was sent: of several statements the last one's, or the first error. NULL, and the session is broken: the socket
 * broke, or the server was silent for longer than a statement may take. Waits without end where the options set no limit. */
PGresult *connection_await(struct connection *connection) __attribute__((warn_unused_result));
/* One statement or several as text, for migrations and settings; results are thrown away. */
enum status connection_script(struct connection *connection, const char *sql) __attribute__((warn_unused_result));

#endif
