/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_DAY_H
#define HARK_STORAGE_DAY_H

#include "base/status.h"
#include "storage/database.h"

#include <stdint.h>

/* The keeper of the day copy (rollup_day): what rollup_read reads in place of 96 quarters. */

enum { DAY_ROUND = 50, DAY_REST_S = 900 };

/* One round: copies up to DAY_ROUND local days, as far as DAY_REST_S before now (which may be within the day that is not over), that
 * hold answers which the copy doesn't have, or not as they are now. *filled: how many; DAY_ROUND says that there may be more. A
 * day that was written to meanwhile is left for the next round. Does nothing while another session keeps, and takes no lock where there
 * is nothing to copy. STATUS_RETRY: writers were too busy to let it in; nothing was done. Not inside a transaction. */
enum status day_fill(struct connection *connection, int64_t now_us, int *filled) __attribute__((warn_unused_result));

#endif
