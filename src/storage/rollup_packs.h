/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_ROLLUP_PACKS_H
#define HARK_STORAGE_ROLLUP_PACKS_H

#include "rollup_sum.h"
#include "storage/database.h"

/* Inside storage/ only: questions that rollup_day_pack holds the days of. */

bool rollup_packs_hold(const struct rollup_query *query);
/* For rollup_group. */
enum status rollup_packs_read(struct connection *connection, const struct rollup_query *query, struct arena *arena,
                              struct rollup_row **rows, size_t *count) __attribute__((warn_unused_result));

#endif
