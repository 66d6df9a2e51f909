/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_STATUS_H
#define HARK_BASE_STATUS_H

/* How a call below the HTTP layer ended. The set is closed: api/problem.c turns each into one reply. */
enum status {
    STATUS_OK = 0,
    STATUS_INVALID, /* the caller's input can't be taken as it is */
    STATUS_NOT_FOUND,
    STATUS_CONFLICT, /* it contradicts what is stored */
    STATUS_FORBIDDEN,
    STATUS_TOO_LARGE, /* the question or its answer crosses a limit */
    STATUS_BUSY,      /* a bounded queue is full: try again soon */
    STATUS_RETRY,     /* PostgreSQL chose it to give way (a deadlock, a lock timeout): nothing was done, run it again */
    STATUS_LOST,      /* the connection broke in mid-statement: whether it was done is unknown */
    STATUS_UNAVAILABLE, /* PostgreSQL is away or refuses for lack of resources */
    STATUS_TIMEOUT,     /* PostgreSQL gave up on the statement in time */
    STATUS_NO_MEMORY,
    STATUS_INTERNAL, /* a bug, ours or the schema's: logged where it was found */
    STATUS_COUNT
};

/* The name as it stands in logs, such as "not_found". */
const char *status_name(enum status status);

#endif
