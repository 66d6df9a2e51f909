/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_CLUSTER_H
#define HARK_STORAGE_CLUSTER_H

#include "base/status.h"

#include <stdbool.h>

/* A private PostgreSQL in a folder of ours: initdb at first use, Unix socket only, data checksums, fsync on. A supervisor
 * process owns it: starts it, restarts it when it dies, stops it at the end, and holds a lock on the folder so that a
 * second one is refused. Layout: <data_dir>/postgres (data), run (socket), lock (the owner's), supervisor.lock, postgres.log. */
struct cluster;

/* Forks the supervisor (call before any thread is started) and waits until PostgreSQL takes connections. A PostgreSQL that an
 * earlier, crashed owner left running in the folder is taken over. STATUS_CONFLICT: another hark owns the folder.
 * On failure the reason was logged in plain words. */
enum status cluster_open(const char *data_dir, struct cluster **cluster) __attribute__((warn_unused_result));
/* Is there an owner already? For commands that work beside a running serve: then use cluster_url without opening. */
bool cluster_is_owned(const char *data_dir);
/* Whether the supervisor runs no more: a PostgreSQL that dies is then not started again. */
bool cluster_is_abandoned(const struct cluster *cluster);
/* The connection string of the ordinary role that owns the database, never the superuser. The caller frees it. */
char *cluster_url(const char *data_dir) __attribute__((warn_unused_result));
/* Stops PostgreSQL (fast shutdown), waits for it, releases the lock. The supervisor does the same by itself when
 * the process that opened it dies. */
void cluster_close(struct cluster *cluster);

#endif
