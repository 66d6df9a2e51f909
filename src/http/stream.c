/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include "http/stream.h"
#include "loop.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* libmicrohttpd asks a content reader for the next bytes as soon as the socket takes some. One that returned 0 alone would be asked
 * again in a busy loop: so it suspends the connection, and request_continue resumes it. A suspended connection times out
 * never: the kernel sees to those who have gone or take nothing, and the loop's watch on the socket tells. */

enum { LIBRARY_BLOCK = 16 /* of a buffer that chunks don't use */, KERNEL_BUFFER = 64 << 10 };

void reply_stream(struct request *request, const char *content_type, stream_pull_fn *pull, stream_closed_fn *closed)
{
    reply_clear(&request->reply);
    request->reply.status = 200;
    request->reply.content_type = content_type;
    request->reply.bytes = "";
    request->reply.size = 0;
    request->reply.pull = pull;
    request->reply.closed = closed;
}

static ssize_t on_pull(void *context, uint64_t position, char *bytes, size_t size)
{
    struct request *request = context;
    (void)position;
    if (request->phase == PHASE_CUT || request->is_cut) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    ssize_t count = request->reply.pull(request, bytes, size);
    if (count < 0) {
        return MHD_CONTENT_READER_END_OF_STREAM;
    }
    if (count == 0) {
        exchange_suspend(request);
    }
    request->reply.size += (size_t)count;
    return count;
}

/* What was sent and is not acknowledged, or can't be sent, for so long ends the connection. The small buffer is so that "can't
 * be sent" is not put off by megabytes that nobody reads. */
static void limit_stall(int fd)
{
    unsigned stall_ms = STREAM_STALL_MS;
    int buffer = KERNEL_BUFFER;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &stall_ms, sizeof stall_ms);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
}

struct MHD_Response *stream_response(struct request *request)
{
    limit_stall(request->client->fd);
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, LIBRARY_BLOCK, on_pull, request, NULL);
}

void stream_cut(struct request *request)
{
    request->is_cut = true;
    exchange_resume(request);
}

void stream_closed(struct request *request)
{
    request->reply.pull = NULL;
    request->reply.closed(request);
}
