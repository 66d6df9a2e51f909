/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_ROLLUP_READ_H
#define HARK_STORAGE_ROLLUP_READ_H

#include "query.h"
#include "rollup_group.h"

/* Inside storage/ only, for statements that take a rollup_query as rollup_read.sql does and answer with its columns. */

/* Three: the masks of the keys. */
void rollup_key_arguments(struct arguments *arguments, uint32_t group_by);
/* $1 to $7: projects, time, buckets, keys. */
void rollup_window_arguments(struct arguments *arguments, const struct rollup_query *query);
/* Two more: what is skipped. */
void rollup_skip_arguments(struct arguments *arguments, const struct rollup_query *query);
/* $1 to $11. */
void rollup_arguments(struct arguments *arguments, const struct rollup_query *query);
/* Two more: projects and ids of the definitions; NULL where there are none. */
void definition_arguments(struct arguments *arguments, const struct rollup_query *query);
/* An int8[] of one dimension without NULLs. */
void rollup_counts(const struct result *result, int row, int column, int64_t *counts, size_t count);
/* For rollup_group. */
enum status rollup_rows(struct connection *connection, enum query_name name, struct arguments *arguments,
                        struct arena *arena, struct rollup_row **rows, size_t *count)
    __attribute__((warn_unused_result));

#endif
