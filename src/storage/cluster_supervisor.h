/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_CLUSTER_SUPERVISOR_H
#define HARK_STORAGE_CLUSTER_SUPERVISOR_H

#include "cluster_folder.h"

/* What owner and supervisor say to each other over their socket. */
enum { SUPERVISOR_READY = 'r', SUPERVISOR_STOP = 's' };

/* The body of the supervisor process, which owner_pidfd's process forked: keeps PostgreSQL running until the owner asks
 * to stop, closes the socket, or dies; then stops it. Returns the exit status of the process. */
int supervisor_run(const struct folder *folder, const char *programs, int owner_socket, int owner_pidfd);

/* Fast shutdown, and an immediate one where that takes a minute: WAL makes up for it. Waits for the end. */
void supervisor_stop_postmaster(pid_t postmaster);

#endif
