/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_AUDIT_H
#define HARK_STORAGE_AUDIT_H

#include "base/arena.h"
#include "base/status.h"
#include "storage/database.h"

#include <stddef.h>
#include <stdint.h>

/* What was done by whoever may. Changes of projects, keys and erasures are noted by the database itself, in the transaction that
 * makes them; what it can't see is added here, by whoever does it. */

/* Who is named for all that the session does from now on: "command (anna)". */
enum status audit_name_actor(struct connection *connection, const char *actor) __attribute__((warn_unused_result));

/* The same of a key: for requests whose acts the database notes. */
enum status audit_name_key(struct connection *connection, int32_t key_id) __attribute__((warn_unused_result));

struct audit_act {
    int32_t key_id; /* who; 0: the session's actor */
    const char *act;
    int32_t project_id;
    const char *detail; /* JSON, without secrets and without people's words */
};

/* In the open transaction, where there is one. */
enum status audit_add(struct connection *connection, const struct audit_act *acts, size_t count)
    __attribute__((warn_unused_result));

struct audit_row {
    int64_t at_us;
    const char *actor;
    const char *act;
    const char *project; /* NULL: none */
    const char *detail;
};

/* The newest first. project: NULL for all. */
enum status audit_list(struct connection *connection, const char *project, int32_t limit, struct arena *arena,
                       struct audit_row **rows, size_t *count) __attribute__((warn_unused_result));

#endif
