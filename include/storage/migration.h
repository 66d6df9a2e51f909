/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_MIGRATION_H
#define HARK_STORAGE_MIGRATION_H

#include "base/status.h"
#include "storage/database.h"

/* Applies the migrations that the database lacks, in order, each in a transaction, under an advisory lock, so that any number of
 * processes may start at once. *applied: how many it did. STATUS_CONFLICT: the database was migrated by a newer hark (logged). */
enum status migration_apply(struct connection *connection, int *applied) __attribute__((warn_unused_result));

#endif
