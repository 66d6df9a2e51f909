/* SPDX-License-Identifier: MIT */
#ifndef HARK_SRC_HTTP_FAREWELL_H
#define HARK_SRC_HTTP_FAREWELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/* Closing a socket with unread input sends a reset, and the reset destroys a reply that the client hasn't read yet. So a
 * connection that was refused early is shut for writing, and what still comes in is thrown away for a short while. */

struct leaving;

struct farewell {
    int epoll; /* readable: farewell_run has something to do */
    size_t count;
    TAILQ_HEAD(leaving_list, leaving) list; /* the oldest first */
};

bool farewell_open(struct farewell *farewell);
/* Takes a copy of the descriptor, which must be shut for writing already. Past a bounded number it does nothing. */
void farewell_add(struct farewell *farewell, int fd);
void farewell_run(struct farewell *farewell);
/* Closes those whose time is up. Returns the milliseconds until the next one, -1 when there is none. */
int farewell_expire(struct farewell *farewell, int64_t now_us);
void farewell_close(struct farewell *farewell);

#endif
