/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_POSTED_H
#define HARK_STORAGE_POSTED_H

#include "base/id.h"
#include "base/status.h"
#include "storage/database.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The responses that one key posted in a span of time: what a stolen key has done. */

struct posted_query {
    int32_t project_id;
    int32_t key_id;
    int64_t from_us; /* of the time received; inclusive */
    int64_t to_us;   /* exclusive */
    bool is_excluded_given;
    bool excluded;
};

/* In the lists: by which key, and when it came in. Whoever has a stolen key may claim any other time. */
struct posted_filter {
    int32_t key_id;  /* 0: any */
    int64_t from_us; /* of the time received; inclusive */
    int64_t to_us;   /* exclusive; INT64_MAX: no end */
};

struct posted_row {
    struct id id;
    int64_t updated_us;
    int64_t received_us;
    bool excluded;
};

enum { POSTED_PAGE = 500 };

/* The next of them after `after` (NULL: the first), in the order of (updated_us, id). count 0: there are no more. */
enum status posted_list(struct connection *connection, const struct posted_query *query, const struct posted_row *after,
                        struct posted_row rows[POSTED_PAGE], size_t *count) __attribute__((warn_unused_result));

/* Notes in the audit log that so many of them were excluded, or put back: by which key (0: by the session's actor). */
enum status posted_note(struct connection *connection, const struct posted_query *query, int32_t by_key_id,
                        bool excluded, size_t responses) __attribute__((warn_unused_result));

#endif
