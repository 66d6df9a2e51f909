/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_VERIFY_H
#define HARK_STORAGE_VERIFY_H

#include "base/status.h"
#include "base/text.h"
#include "storage/database.h"

#include <stdint.h>

/* Do the numbers say what the rows say? From each project's retention horizon on. */

enum verify_table {
    VERIFY_QUARTERS,          /* rollup_quarter against the responses */
    VERIFY_DAYS,              /* rollup_day, where it is read, against rollup_quarter */
    VERIFY_QUESTION_QUARTERS, /* the same two of the questions that are not built in */
    VERIFY_QUESTION_DAYS,
    VERIFY_DAY_PACKS, /* rollup_day_pack, where it is read, against rollup_day */
    VERIFY_TABLE_COUNT
};

struct verify_difference {
    enum verify_table table;
    int32_t project_id;
    int32_t quarter;      /* of a day: its first */
    int32_t cell_id;      /* of VERIFY_DAY_PACKS: the grouping, a bit for each dimension */
    struct text question; /* the key: "nps"; to be copied */
    int score;
    int64_t stored;
    int64_t truth;
};

struct verify_report {
    int64_t rows; /* responses that count */
    int64_t counters;
    int64_t differences;
};

typedef void verify_difference_fn(void *context, const struct verify_difference *difference);

/* One project, or all of them (0), in one snapshot. Calls found for the first list_max differences of each project and table; the report has the
 * numbers of all. For large tables the session should have no statement timeout. Not inside a transaction. */
enum status verify_compare(struct connection *connection, int32_t project_id, int list_max, verify_difference_fn *found,
                           void *context, struct verify_report *report) __attribute__((warn_unused_result));

/* Writes the rollups anew from the rows, in one transaction that holds writers up until it ends. Days are copied again
 * by day_fill. Not inside a transaction. */
enum status verify_rebuild(struct connection *connection) __attribute__((warn_unused_result));

#endif
