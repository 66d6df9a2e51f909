/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_CUBE_ROWS_H
#define HARK_STORAGE_CUBE_ROWS_H

#include "rollup_group.h"
#include "storage/cube.h"

/* Inside storage/ only: what a cube is made of, all of it in one arena. cube_read.c makes it, cube.c tells. */

struct cube_row {
    uint32_t group;
    int32_t counts[ROLLUP_COUNTERS];
};

/* A day or a quarter of an hour, or what is left of a day where the cube begins. */
struct cube_period {
    int32_t from;
    int32_t to;
    int64_t version; /* of the day that was copied; 0: there is none */
    size_t first_row;
    size_t waiting_row; /* from here on: what no counter held yet, and no version tells of */
    size_t end_row;
};

struct cube {
    struct arena *arena;
    struct cube_scope scope;
    int64_t read_us;             /* monotonic: when it began to be read */
    struct cube_period *periods; /* ascending, none over another */
    size_t period_count;
    struct cube_row *rows;
    size_t row_count;
    struct rollup_group *groups;   /* their values alone */
    uint64_t (*keys)[ROLLUP_KEYS]; /* of each group */
    size_t group_count;
};

#endif
