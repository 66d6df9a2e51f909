/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_STATISTICS_H
#define HARK_STORAGE_STATISTICS_H

#include "base/status.h"
#include "storage/database.h"

#include <stdbool.h>

/* Tells the planner what the tables hold now: for whoever has just written a lot, and reads before autovacuum's next turn. */
enum status statistics_renew(struct connection *connection) __attribute__((warn_unused_result));
/* The same, but only where it knows nothing yet of what is there, or of a tenth. */
enum status statistics_keep(struct connection *connection, bool *renewed) __attribute__((warn_unused_result));

#endif
