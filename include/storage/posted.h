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

#endif
