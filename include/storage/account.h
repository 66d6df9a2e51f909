/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_ACCOUNT_H
#define HARK_STORAGE_ACCOUNT_H

#include "base/arena.h"
#include "base/rate.h"
#include "base/scope.h"
#include "base/status.h"
#include "storage/database.h"
#include "storage/dimension.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Projects and keys, as the commands make, list and revoke them. */

enum { PUBLISH_MIN_N_MAX = 1000 };

struct project_options {
    const char *name;
    const char *organization; /* made when it is new; NULL: one of the project's own name */
    const char *time_zone;    /* NULL: UTC */
    const char *dimensions[DECLARED_MAX];
    size_t dimension_count;
    int32_t publish_min_n; /* 1 to PUBLISH_MIN_N_MAX; 0: 1, all numbers are published */
};

/* STATUS_CONFLICT: the name is taken. STATUS_INVALID: see *fault, a sentence. */
enum status project_create(struct connection *connection, const struct project_options *options, const char **fault)
    __attribute__((warn_unused_result));

/* min_n: 1 to PUBLISH_MIN_N_MAX. STATUS_NOT_FOUND: no such project. */
enum status project_set_publish_min_n(struct connection *connection, const char *name, int32_t min_n)
    __attribute__((warn_unused_result));

/* It holds no answer and no event. STATUS_NOT_FOUND: no such project. */
enum status project_is_empty(struct connection *connection, const char *name, bool *is_empty)
    __attribute__((warn_unused_result));

struct project_row {
    int32_t id;
    const char *name;
    const char *organization;
    const char *time_zone;
    const char *dimensions; /* comma-separated */
    int64_t created_us;
    const char *retain_mode; /* "anonymise", "delete" */
    int32_t retain_days;     /* 0: it keeps all for ever */
};

enum status project_list(struct connection *connection, struct arena *arena, struct project_row **rows, size_t *count)
    __attribute__((warn_unused_result));

enum { KEY_TEXT_SIZE = 52, KEY_ORIGINS_MAX = 8 };

struct key_options {
    const char *project;      /* one of the two */
    const char *organization; /* every project of it; not for write */
    enum scope scope;
    bool is_test;
    int64_t expires_us;                   /* 0: never */
    struct rate rate;                     /* without a count: no limit */
    const char *origins[KEY_ORIGINS_MAX]; /* pages of others may not use it; for write only */
    size_t origin_count;
};

/* "https://shop.example", "http://localhost:3000": as browsers send it in Origin. */
bool key_is_origin(const char *text);

/* Makes a key and stores its SHA-256. text: the key itself, shown this once. STATUS_NOT_FOUND: no such project. */
enum status key_create(struct connection *connection, const struct key_options *options, char text[KEY_TEXT_SIZE])
    __attribute__((warn_unused_result));
/* Makes one like it in its place; the old one ends overlap_us from now, if not before. expires_us: of the new one; 0: never.
 * STATUS_NOT_FOUND: no such key, or it has ended. */
enum status key_rotate(struct connection *connection, int32_t id, int64_t overlap_us, int64_t expires_us,
                       char text[KEY_TEXT_SIZE]) __attribute__((warn_unused_result));
/* The digest of a key's text as it is stored; false when it doesn't look like a key at all. */
bool key_digest(const char *text, uint8_t digest[32]);

struct key_row {
    int32_t id;
    const char *project; /* NULL: the whole organization */
    const char *organization;
    enum scope scope;
    bool is_test;
    const char *prefix;
    int64_t created_us;
    int64_t revoked_us; /* 0: open */
    int64_t expires_us; /* 0: never */
    int64_t used_us;    /* to the minute; 0: never */
    struct rate rate;
    const char *origins; /* separated by spaces */
    int32_t replaces;    /* 0: no other */
};

enum status key_list(struct connection *connection, const char *project, struct arena *arena, struct key_row **rows,
                     size_t *count) __attribute__((warn_unused_result));
/* Notes that they were used, at that time. */
enum status key_touch(struct connection *connection, const int32_t *ids, size_t count, int64_t used_us)
    __attribute__((warn_unused_result));
/* Of which project it is; 0: of a whole organization. STATUS_NOT_FOUND: no such key. */
enum status key_find(struct connection *connection, int32_t id, int32_t *project_id)
    __attribute__((warn_unused_result));
/* By number. STATUS_NOT_FOUND: no such key, or revoked already. */
enum status key_revoke(struct connection *connection, int32_t id) __attribute__((warn_unused_result));

#endif
