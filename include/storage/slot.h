/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_SLOT_H
#define HARK_STORAGE_SLOT_H

#include "base/status.h"
#include "storage/database.h"

#include <stdint.h>

/* Leases a number that no other session of the database holds, for as long as the session lives: the slot that it counts in.
 * The lowest free one, so that rollups stay small. */
enum status slot_lease(struct connection *connection, int16_t *slot) __attribute__((warn_unused_result));

#endif
