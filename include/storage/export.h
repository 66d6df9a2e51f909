/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_EXPORT_H
#define HARK_STORAGE_EXPORT_H

#include "storage/event.h"
#include "storage/response.h"

/* All that one project holds, page by page, oldest first. In an open snapshot the pages are of one moment. */

enum { EXPORT_PAGE = 1000 };

/* The row that the page before ended with; zeros at first. */
struct export_place {
    int64_t us;
    struct id id;
};

/* Moves the place on. count 0: there are no more. */
enum status export_responses(struct connection *connection, int32_t project_id, struct export_place *place,
                             struct arena *arena, struct stored_response **rows, size_t *count)
    __attribute__((warn_unused_result));
enum status export_events(struct connection *connection, int32_t project_id, struct export_place *place,
                          struct arena *arena, struct stored_event **rows, size_t *count)
    __attribute__((warn_unused_result));

#endif
