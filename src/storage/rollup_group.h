/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_ROLLUP_GROUP_H
#define HARK_STORAGE_ROLLUP_GROUP_H

#include "storage/rollup.h"

/* Inside storage/ only: from the rows of rollup_read to groups. */

enum { ROLLUP_KEYS = 3, ROLLUP_KEY_BITS = 16, ROLLUP_KEY_DIMENSIONS = 4 };

/* Several rows may be of one group and bucket: one for each table that was read. */
struct rollup_row {
    int32_t project_id;
    uint64_t keys[ROLLUP_KEYS]; /* 16 bits a dimension: the id of its value, 0 when missing or not grouped */
    int32_t
        definition; /* its place in rollup_query.definitions, whose counts are the first of point; -1: built-in ones */
    struct rollup_point point;
    size_t group;
};

bool rollup_has_answers(const struct rollup_point *point);
/* The groups that rows are of, without points; which of them is each row's `group`. */
enum status rollup_group_names(struct connection *connection, const struct rollup_query *query, struct rollup_row *rows,
                               size_t count, struct arena *arena, struct rollup_group **groups, size_t *group_count)
    __attribute__((warn_unused_result));
enum status rollup_group(struct connection *connection, const struct rollup_query *query, struct rollup_row *rows,
                         size_t count, struct arena *arena, struct rollup *rollup) __attribute__((warn_unused_result));

#endif
