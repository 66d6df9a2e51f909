/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_ROLLUP_READ_H
#define HARK_STORAGE_ROLLUP_READ_H

#include "query.h"
#include "storage/rollup.h"

/* Inside storage/ only, for statements that take a rollup_query as rollup_read.sql does and answer with its columns. */

/* A transaction that plans them well; ended by rollup_end, which hands on the status or its own. */
enum status rollup_begin(struct connection *connection) __attribute__((warn_unused_result));
enum status rollup_end(struct connection *connection, enum status status) __attribute__((warn_unused_result));

/* $1 to $11. */
void rollup_arguments(struct arguments *arguments, const struct rollup_query *query);
enum status rollup_run(struct connection *connection, enum query_name name, struct arguments *arguments,
                       const struct rollup_query *query, struct arena *arena, struct rollup *rollup)
    __attribute__((warn_unused_result));

#endif
