/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_RETENTION_H
#define HARK_STORAGE_RETENTION_H

#include "base/arena.h"
#include "base/status.h"
#include "storage/database.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What projects do with answers and events past an age: nothing; as an erasure does, with scores kept; or the rows go, and their
 * counts in the rollups stay. */
enum retain_mode { RETAIN_KEEP, RETAIN_ANONYMISE, RETAIN_DELETE };

enum { RETAIN_DAYS_MAX = 36500, RETENTION_BATCH = 1000 };

/* "keep", "anonymise", "delete". */
const char *retain_mode_name(enum retain_mode mode);
bool retain_mode_parse(const char *name, enum retain_mode *mode);

/* days: 1 to RETAIN_DAYS_MAX; of no meaning for RETAIN_KEEP. STATUS_NOT_FOUND: no such project. */
enum status retention_set(struct connection *connection, const char *project, enum retain_mode mode, int32_t days)
    __attribute__((warn_unused_result));

/* What is due in one project: all that occurred before. */
struct retention {
    int32_t project_id;
    const char *project;
    enum retain_mode mode;
    int32_t days;
    int64_t
        before_us; /* on a quarter of an hour, and one quarter short of the age: what was on its way in is stored by then */
};

/* Of every project that doesn't keep for ever, or of the one that is named (NULL: all). */
enum status retention_due(struct connection *connection, const char *project, int64_t now_us, struct arena *arena,
                          struct retention **list, size_t *count) __attribute__((warn_unused_result));

struct retention_report {
    int64_t responses;
    int64_t events;
};

/* What retention_run would do now. */
enum status retention_count(struct connection *connection, const struct retention *retention,
                            struct retention_report *report) __attribute__((warn_unused_result));

/* Asked between two transactions, which is where to pause; false: stop here, the next run goes on. has_moved: the horizon was
 * moved just now, and other processes may take a second to hear of it. */
typedef bool retention_pause_fn(void *context, bool has_moved);

/* Does it, in transactions of at most RETENTION_BATCH rows, and leaves a receipt in the audit log where there was anything to do.
 * from_us: what occurred before was looked at lately; 0: look at all. report: what was done, also where it failed.
 * pause may be NULL. */
enum status retention_run(struct connection *connection, const struct retention *retention, int64_t from_us,
                          retention_pause_fn *pause, void *context, struct retention_report *report)
    __attribute__((warn_unused_result));

/* One process at a time: *kept false when another one does it. Until let go, or the end of the session. */
enum status retention_try_keep(struct connection *connection, bool *kept) __attribute__((warn_unused_result));
enum status retention_let_go(struct connection *connection) __attribute__((warn_unused_result));

#endif
