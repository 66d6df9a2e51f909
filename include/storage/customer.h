/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_CUSTOMER_H
#define HARK_STORAGE_CUSTOMER_H

#include "storage/event.h"
#include "storage/response.h"

/* All that is stored about one customer and still says who: what an erasure would take. */
struct customer_query {
    int32_t project_id;
    struct text customer_id;
    bool in_events; /* the cursor is in the events, which come after the responses */
    bool has_cursor;
    int64_t cursor_us;
    struct id cursor_id;
    int limit;
};

struct customer_page {
    struct stored_response *responses; /* newest first */
    size_t response_count;
    struct stored_event *events; /* newest first */
    size_t event_count;
    bool has_more; /* it goes on after (last_us, last_id), of the events where in_events */
    bool in_events;
    int64_t last_us;
    struct id last_id;
};

/* One page, of one moment. */
enum status customer_read(struct connection *connection, const struct customer_query *query, struct arena *arena,
                          struct customer_page *page) __attribute__((warn_unused_result));

/* Notes in the audit log who was given how much, not of whom. */
enum status customer_note_export(struct connection *connection, int32_t project_id, int32_t key_id,
                                 size_t response_count, size_t event_count) __attribute__((warn_unused_result));

#endif
