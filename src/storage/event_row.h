/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_EVENT_ROW_H
#define HARK_STORAGE_EVENT_ROW_H

#include "query.h"
#include "storage/event.h"

/* Inside storage/ only. All rows of a statement that reads events, copied into the arena. */
enum status event_rows_read(const struct result *result, struct arena *arena, struct stored_event **rows, size_t *count)
    __attribute__((warn_unused_result));

#endif
