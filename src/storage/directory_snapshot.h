/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_DIRECTORY_SNAPSHOT_H
#define HARK_STORAGE_DIRECTORY_SNAPSHOT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "storage/directory.h"
#include "storage/survey.h"
#include "survey_set.h"

#include <stdatomic.h>

/* Inside storage/ only: what a moment's directory holds. */
struct snapshot {
    atomic_int holders;
    struct arena *arena;
    struct project *projects; /* ascending by id */
    size_t project_count;
    struct key *keys; /* ascending by digest */
    size_t key_count;
    struct survey_set *surveys;
    struct buffer settings; /* what the version is a hash of, while it is read */
    uint8_t version[CONTENT_HASH_SIZE];
};

/* Reads organizations, projects, keys and surveys into a snapshot that the caller holds. previous (NULL:
 * none): what did not change since is shared with it. */
enum status snapshot_read(struct connection *connection, const struct snapshot *previous, struct snapshot **snapshot)
    __attribute__((warn_unused_result));
/* What was noted of the old one's keys is noted of the new one's. */
void snapshot_carry_uses(const struct snapshot *old, struct snapshot *fresh);
/* The keys of which a use is noted, up to max; takes the notes away. */
size_t snapshot_take_uses(struct snapshot *snapshot, int32_t *ids, size_t max);
struct snapshot *snapshot_hold(struct snapshot *snapshot); /* NULL: NULL */

#endif
