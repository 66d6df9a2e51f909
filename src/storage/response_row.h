/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_RESPONSE_ROW_H
#define HARK_STORAGE_RESPONSE_ROW_H

#include "query.h"
#include "storage/response.h"

/* Inside storage/ only. Columns that every statement which reads responses begins with. */
enum { RESPONSE_ROW_COLUMNS = 32 };

/* Copies a row into the arena; false when memory is out. */
bool response_row_read(const struct result *result, int row, struct arena *arena, struct stored_response *stored)
    __attribute__((warn_unused_result));
/* All rows of a statement. */
enum status response_rows_read(const struct result *result, struct arena *arena, struct stored_response **rows,
                               size_t *count) __attribute__((warn_unused_result));

#endif
