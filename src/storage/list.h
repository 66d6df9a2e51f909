/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_LIST_H
#define HARK_STORAGE_LIST_H

#include "query.h"
#include "storage/dimension.h"
#include "storage/posted.h"

/* Inside storage/ only: what the lists of responses and of events share. */

/* Rows that one page may look at: with filters that let few through, the page comes back short and the cursor goes on from
 * there, so that no request scans without end. */
enum { LIST_SCAN_MAX = 20000 };

/* Before (us, id), or after it where the list ascends; not before from_us. An ascending list also ends at settled_us. */
struct list_range {
    int32_t project_id;
    int64_t from_us;
    int64_t cursor_us;
    struct id cursor_id;
    int64_t settled_us; /* 0: the list descends */
};

/* Below every id: a bound in time alone. */
#define LIST_FIRST_ID ((struct id){{0}})

void list_range_arguments(struct arguments *arguments, const struct list_range *range);
/* Eleven arrays of values, and whether there is no filter at all. */
void list_cell_arguments(struct arguments *arguments, const struct text *const values[DIMENSION_COUNT],
                         const size_t counts[DIMENSION_COUNT]);
/* Which key posted the rows, and when they came in. */
void list_posted_arguments(struct arguments *arguments, const struct posted_filter *posted);
/* Where a scan of LIST_SCAN_MAX rows ended; *found false: the list ended before. */
enum status list_edge(struct connection *connection, enum query_name name, const struct list_range *range, bool *found,
                      int64_t *us, struct id *id) __attribute__((warn_unused_result));

#endif
