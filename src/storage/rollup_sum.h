/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_ROLLUP_SUM_H
#define HARK_STORAGE_ROLLUP_SUM_H

#include "rollup_group.h"

/* Inside storage/ only: rows of one project, keys and bucket added up, as they come. */

struct rollup_sum {
    struct arena *arena;
    struct rollup_row *rows;
    size_t count;
    size_t room;
    int32_t *places; /* by hash: which row, from 1; 0: none */
    size_t place_count;
};

void rollup_sum_init(struct rollup_sum *sum, struct arena *arena);
/* *row: to add counts to, until the next call. STATUS_TOO_LARGE: there would be more than ROLLUP_ROWS_MAX. */
enum status rollup_sum_row(struct rollup_sum *sum, int32_t project_id, const uint64_t keys[ROLLUP_KEYS], int32_t bucket,
                           struct rollup_row **row) __attribute__((warn_unused_result));

#endif
