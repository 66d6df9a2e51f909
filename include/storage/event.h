/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_EVENT_H
#define HARK_STORAGE_EVENT_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/id.h"
#include "base/status.h"
#include "base/text.h"
#include "storage/database.h"
#include "storage/dimension.h"
#include "storage/posted.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Something that a customer did or met at a touchpoint. Absent texts are missing. */
struct event {
    struct id id;
    int64_t occurred_us;
    struct cell_key cell;
    int32_t cell_id;
    int32_t key_id;
    bool is_test;
    bool has_response_id;
    bool has_duration;
    uint8_t content_hash[CONTENT_HASH_SIZE];
    struct text action;
    struct text stage;
    struct text customer_id;
    struct text session_id;
    struct text interaction_id;
    struct id response_id;
    int64_t duration_ms;
    struct text amount; /* a decimal number as text */
    struct text currency;
    struct text source;
    struct text properties; /* JSON */
};

struct stored_event {
    struct event event;
    int64_t received_us;
    bool erased;
};

/* How an event of a batch stands to what is stored. */
enum event_verdict { EVENT_NEW, EVENT_KNOWN, EVENT_CONTRADICTS };

/* Inserts those whose (project, id) is not known yet, in one statement. In ascending (project_id, id) without repeats, cells
 * resolved. A known id with the same content hash is EVENT_KNOWN. */
enum status event_insert(struct connection *connection, struct event *const *events, size_t count,
                         enum event_verdict *verdicts) __attribute__((warn_unused_result));

struct event_filter {
    int32_t project_id;
    int64_t from_us;
    int64_t to_us;
    const struct text *values[DIMENSION_COUNT];
    size_t value_counts[DIMENSION_COUNT];
    struct text action;
    struct text stage;
    struct text customer_id;
    struct text session_id;
    struct text interaction_id;
    struct posted_filter posted;
    bool has_cursor;
    int64_t cursor_us;
    struct id cursor_id;
    int limit;
};

struct event_page {
    struct stored_event *rows;
    size_t count;
    bool has_more;
    int64_t last_us;
    struct id last_id;
};

enum status event_list(struct connection *connection, const struct event_filter *filter, struct arena *arena,
                       struct event_page *page) __attribute__((warn_unused_result));

#endif
