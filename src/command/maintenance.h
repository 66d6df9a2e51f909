/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_MAINTENANCE_H
#define HARK_COMMAND_MAINTENANCE_H

#include "base/status.h"
#include "storage/database.h"

/* What is done beside the requests, on a thread and a session of its own: once a minute the days that have ended, or have
 * changed since, are copied from their quarters, and once in a period what is past the age of its project is anonymised or
 * deleted. */
struct maintenance;

enum status maintenance_open(const struct database_options *database, int retention_period_ms,
                             struct maintenance **maintenance) __attribute__((warn_unused_result));
void maintenance_close(struct maintenance *maintenance);

#endif
