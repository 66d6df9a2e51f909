/* SPDX-License-Identifier: MIT */
#ifndef HARK_SRC_HTTP_STREAM_H
#define HARK_SRC_HTTP_STREAM_H

/* Inside this folder only: replies without an end, on the loop's thread. */

#include "exchange.h"

/* The response of a request whose reply is a stream. NULL: out of memory. */
struct MHD_Response *stream_response(struct request *request);
/* Its client is not there any more. */
void stream_cut(struct request *request);
/* libmicrohttpd is done with the request. */
void stream_closed(struct request *request);

#endif
