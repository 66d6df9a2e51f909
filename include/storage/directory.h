/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_DIRECTORY_H
#define HARK_STORAGE_DIRECTORY_H

#include "base/digest.h"
#include "base/rate.h"
#include "base/scope.h"
#include "base/status.h"
#include "storage/database.h"
#include "storage/dimension.h"
#include "storage/retention.h"
#include "storage/time_zone.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who may do what: organizations, projects and keys, whole, in memory. A thread of its own listens for changes and swaps in a
 * new snapshot; whoever holds the old one keeps it until let go. An unknown key costs PostgreSQL nothing. */
struct directory;

struct project {
    int32_t id;
    int32_t organization_id;
    const char *name;
    const char *time_zone;
    const char *declared[DECLARED_MAX]; /* names; NULL after the last */
    uint8_t secret[DIGEST_SIZE];
    int64_t retention_horizon_us; /* INT64_MIN: none */
    enum retain_mode retain_mode;
    int32_t retain_days;   /* 0: for ever */
    int32_t publish_min_n; /* fewer answers: a key of scope metrics does not see the number */
};

struct key {
    int32_t id;
    int32_t organization_id;
    int32_t project_id; /* 0: every project of the organization */
    enum scope scope;
    bool is_test;
    uint8_t digest[DIGEST_SIZE];
    int64_t expires_us;         /* INT64_MAX: never */
    int32_t replaces;           /* the key whose place it took; 0: none */
    int32_t lineage;            /* the first key of which it took the place in the end; its own id otherwise */
    struct rate rate;           /* without a count: no limit */
    const char *const *origins; /* of pages that may use it */
    size_t origin_count;        /* 0: all */
    atomic_bool *is_used;       /* since that was last written down */
};

struct snapshot;

/* Reads everything once, then follows. Also reads which time zone names PostgreSQL knows. */
enum status directory_open(const struct database_options *options, struct directory **directory)
    __attribute__((warn_unused_result));
void directory_close(struct directory *directory);
/* The listening session is up: what it knows is current. */
bool directory_is_current(struct directory *directory);
/* Reads everything again now, on the given session: for whoever has just changed something. */
enum status directory_refresh(struct directory *directory, struct connection *connection)
    __attribute__((warn_unused_result));

struct snapshot *directory_hold(struct directory *directory);
void snapshot_release(struct snapshot *snapshot);
/* CONTENT_HASH_SIZE bytes: equal for snapshots whose projects are the same in every setting. */
const uint8_t *snapshot_version(const struct snapshot *snapshot);

/* Whether the project has the same settings and surveys in both: what replies depend on beside what was posted. NULL has no project. */
bool snapshot_has_same(const struct snapshot *before, const struct snapshot *now, int32_t project_id);

/* By the SHA-256 of the key, in a time that doesn't depend on how much of it matches. NULL: unknown or revoked. */
const struct key *snapshot_key(const struct snapshot *snapshot, const uint8_t digest[DIGEST_SIZE]);
/* Notes that a request was let in with it: a flag in memory, written down once a minute. */
static inline void key_note_use(const struct key *key)
{
    if (!atomic_load_explicit(key->is_used, memory_order_relaxed))
        atomic_store_explicit(key->is_used, true, memory_order_relaxed);
}
const struct project *snapshot_project(const struct snapshot *snapshot, int32_t id);
const struct project *snapshot_project_named(const struct snapshot *snapshot, const char *name);
/* All projects, ascending by id. */
const struct project *snapshot_projects(const struct snapshot *snapshot, size_t *count);

/* The name of a built-in dimension, of country, or of one that the project declared. DIMENSION_COUNT: none has it. */
enum dimension project_dimension(const struct project *project, const char *name);
/* NULL for a declared dimension that the project doesn't have. */
const char *project_dimension_name(const struct project *project, enum dimension dimension);

/* As they were when the directory was opened; they live as long as it. */
const struct time_zones *directory_time_zones(const struct directory *directory);

#endif
