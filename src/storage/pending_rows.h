/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_PENDING_ROWS_H
#define HARK_STORAGE_PENDING_ROWS_H

#include "query.h"
#include "storage/pending.h"
#include "storage/response.h"

/* Inside storage/ only. Notes what response_add stored: the responses, and the rows (project, id) of rollup_pending that hold their scores. */
void pending_note(struct pending *pending, struct response *const *responses, size_t count,
                  const struct result *result);

#endif
