/* SPDX-License-Identifier: MIT */
#ifndef HARK_HTTP_STREAM_H
#define HARK_HTTP_STREAM_H

#include "http/request.h"

#include <sys/types.h>

/* A reply without an end that is known, such as server-sent events. Nothing of it is kept but what is asked for at the moment: a
 * slow client is asked for less often. One that takes nothing for about STREAM_STALL_MS, or is not there any more, is cut. */

enum { STREAM_STALL_MS = 10000, STREAM_ENDS = -1 };

/* Writes at most size bytes, and returns how many. 0: there is nothing to say; asked again after request_continue. STREAM_ENDS:
 * that was all. On the loop's thread: must not wait. */
typedef ssize_t stream_pull_fn(struct request *request, char *bytes, size_t size);
/* The connection is done with it: pull is not called any more. On the loop's thread, once. */
typedef void stream_closed_fn(struct request *request);

/* Sets the reply, 200, as the functions of http/reply.h do; not for HEAD. What request_continue is called by must hold the
 * request. */
void reply_stream(struct request *request, const char *content_type, stream_pull_fn *pull, stream_closed_fn *closed);

#endif
