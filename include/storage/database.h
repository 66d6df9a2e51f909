/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_DATABASE_H
#define HARK_STORAGE_DATABASE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libpq lives in storage/: nobody else sees it. */

/* What a session may do. The owner is whoever logs in, who also migrates; the two others have least rights, and see rows of
 * tenants only while their projects are open to the session. Where they could not be made, all work as the owner. */
enum database_role { DATABASE_OWNER, DATABASE_WRITER, DATABASE_READER };

struct database_options {
    const char *url;          /* a libpq connection string or URI; borrowed */
    int statement_timeout_ms; /* 0: none */
    bool allow_unsafe;        /* fsync, full_page_writes or synchronous_commit may be off */
    enum database_role role;
};

/* One session with PostgreSQL and what was prepared on it. One thread at a time. */
struct connection;

/* purpose: "ingest", "read", …: the session is called "hark <purpose>". STATUS_UNAVAILABLE: could not connect (logged);
 * STATUS_INVALID: the server is one that Hark refuses to store in: too old, or acknowledging without a flush (logged). */
enum status connection_open(const struct database_options *options, const char *purpose, struct connection **connection)
    __attribute__((warn_unused_result));
void connection_close(struct connection *connection);

/* OK at once while the session is good; otherwise one attempt to connect anew. For whoever finds STATUS_LOST. */
enum status connection_restore(struct connection *connection) __attribute__((warn_unused_result));
bool connection_is_good(const struct connection *connection);
/* The same, and looks at the socket: finds a server that went away while the session was idle. */
bool connection_is_alive(struct connection *connection);
/* Counts the sessions so far: state that a session holds (a leased slot) is gone when it changed. */
uint64_t connection_generation(const struct connection *connection);

/* The projects whose rows a writer's or reader's statements see from now on; none at first. Not inside a transaction. Of the
 * list that is open already, nothing is sent. */
enum status connection_open_projects(struct connection *connection, const int32_t *project_ids, size_t count)
    __attribute__((warn_unused_result));
/* The same for a list in any order and with repeats, which is ascending and without them afterwards. */
enum status connection_open_each_project(struct connection *connection, int32_t *project_ids, size_t count)
    __attribute__((warn_unused_result));

enum status connection_begin(struct connection *connection) __attribute__((warn_unused_result));
/* As another role until the transaction ends: what a reader's session writes now and then. */
enum status connection_begin_as(struct connection *connection, enum database_role role)
    __attribute__((warn_unused_result));
/* Read only, and all its statements see one moment. */
enum status connection_begin_snapshot(struct connection *connection) __attribute__((warn_unused_result));
enum status connection_commit(struct connection *connection) __attribute__((warn_unused_result));
/* Never fails for the caller: a session that can't roll back is dropped. */
void connection_rollback(struct connection *connection);

/* The server answers a trivial statement. */
enum status connection_ping(struct connection *connection) __attribute__((warn_unused_result));

#endif
