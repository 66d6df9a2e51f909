/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_CLUSTER_FOLDER_H
#define HARK_STORAGE_CLUSTER_FOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/* What lies in the folder of a private PostgreSQL, and who holds it. */
struct folder {
    char root[PATH_MAX];
    char data[PATH_MAX];       /* root/postgres */
    char fresh_data[PATH_MAX]; /* root/postgres.new: an initdb at work, or what is left of one that was cut short */
    char socket[PATH_MAX];     /* root/run */
    char log[PATH_MAX];        /* root/postgres.log */
    char owner_lock[PATH_MAX]; /* root/lock: held by who opened the cluster, as long as that process lives */
    char supervisor_lock[PATH_MAX]; /* root/supervisor.lock: held until PostgreSQL has stopped */
};

/* False, with the reason logged, when no PostgreSQL could work there. */
bool folder_init(struct folder *folder, const char *root) __attribute__((warn_unused_result));
/* Makes what is missing; private to this user. */
bool folder_make(const struct folder *folder) __attribute__((warn_unused_result));

/* A descriptor that holds the lock until it is closed, in all processes that inherited it; -1 when somebody else holds it
 * (errno EAGAIN) or the file can't be opened. */
int folder_lock(const char *path) __attribute__((warn_unused_result));
bool folder_is_locked(const char *path);

/* PG_VERSION of the data; 0: there is no data yet; -1: something else is there. */
int folder_data_major(const struct folder *folder);

/* The postmaster that runs on the data, however it was started; 0: none. */
pid_t folder_postmaster(const struct folder *folder);
/* Does this postmaster take connections? */
bool folder_is_ready(const struct folder *folder, pid_t postmaster);
/* After a crash, PostgreSQL's lock files may name a process that is another's by now, and PostgreSQL would refuse to
 * start. Call in the process that will be its parent, when folder_postmaster found none. */
void folder_disown_stale_locks(const struct folder *folder);

#endif
