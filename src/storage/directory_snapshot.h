/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_DIRECTORY_SNAPSHOT_H
#define HARK_STORAGE_DIRECTORY_SNAPSHOT_H

#include "storage/directory.h"

/* Inside storage/ only. Reads organizations, projects and keys into a snapshot that the caller holds. */
enum status snapshot_read(struct connection *connection, struct snapshot **snapshot)
    __attribute__((warn_unused_result));
struct snapshot *snapshot_hold(struct snapshot *snapshot);

#endif
