/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_ROLLUP_PACKS_H
#define HARK_STORAGE_ROLLUP_PACKS_H

#include "rollup_sum.h"
#include "storage/database.h"

/* Inside storage/ only: questions that rollup_day_pack holds the days of. */

bool rollup_packs_hold(const struct rollup_query *query);
/* A value of rollup_day_pack.groups: how many groups it has, whose keys and counts then come one after the other.
 * rollup_pack_group takes one and returns where the next begins. */
size_t rollup_pack_groups(int size);
const char *rollup_pack_group(const char *bytes, uint64_t keys[ROLLUP_KEYS], int32_t counts[ROLLUP_COUNTERS]);
/* For rollup_group. */
enum status rollup_packs_read(struct connection *connection, const struct rollup_query *query, struct arena *arena,
                              struct rollup_row **rows, size_t *count) __attribute__((warn_unused_result));

#endif
