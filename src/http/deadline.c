/* SPDX-License-Identifier: MIT */
#include "exchange.h"
#include "loop.h"

#include "base/clock.h"
#include "base/log.h"

#include <sys/socket.h>

/* libmicrohttpd's timeout is one of idleness: a client that sends or takes a byte now and then keeps its connection for ever.
 * These are absolute. A connection has one at a time, by what it is about to do, and none while the work is ours. */

enum { SWEEP_MS = 250, SWEEP_US = SWEEP_MS * 1000 };

static int64_t deadline_in(const struct loop *loop, int timeout_ms, size_t bytes)
{
    if (timeout_ms == 0) {
        return 0;
    }
    return loop->now_us + (int64_t)timeout_ms * 1000 + (int64_t)bytes * 1000000 / HTTP_SLOWEST;
}

void deadline_for_first_headers(struct loop *loop, struct client *client)
{
    client->deadline_us = deadline_in(loop, loop->server->options.header_timeout_ms, 0);
}

/* It may be idle first; the bytes of a request line that come meanwhile are not seen. */
void deadline_for_next_headers(struct loop *loop, struct client *client)
{
    const struct http_options *options = &loop->server->options;
    int idle_ms = options->header_timeout_ms == 0 ? 0 : options->idle_timeout_ms;
    client->deadline_us = deadline_in(loop, options->header_timeout_ms + idle_ms, 0);
}

void deadline_for_rest_of_headers(struct loop *loop, struct client *client)
{
    int64_t deadline_us = deadline_in(loop, loop->server->options.header_timeout_ms, 0);
    if (deadline_us < client->deadline_us) {
        client->deadline_us = deadline_us;
    }
}

void deadline_for_body(struct loop *loop, struct client *client)
{
    client->deadline_us = deadline_in(loop, loop->server->options.body_timeout_ms, 0);
}

void deadline_of_body_extend(struct client *client, size_t bytes)
{
    if (client->deadline_us != 0) {
        client->deadline_us += (int64_t)bytes * 1000000 / HTTP_SLOWEST;
    }
}

/* What is left of it waits until the reader has caught up. */
void deadline_of_body_pause(struct loop *loop, struct client *client)
{
    client->paused_us = client->deadline_us == 0 ? 0 : loop->now_us;
}

void deadline_of_body_resume(struct loop *loop, struct client *client)
{
    if (client->paused_us != 0) {
        client->deadline_us += loop->now_us - client->paused_us;
        client->paused_us = 0;
    }
}

void deadline_for_reply(struct loop *loop, struct client *client, size_t bytes)
{
    client->deadline_us = deadline_in(loop, loop->server->options.reply_timeout_ms, bytes);
}

void deadline_none(struct client *client)
{
    client->deadline_us = 0;
}

/* What the kernel still holds for a reader that doesn't read goes too, rather than being offered to it for minutes. */
static void reset(struct client *client)
{
    const struct linger now = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/* The socket has nothing else to send: it was waiting for the client. */
static void tell(struct client *client)
{
    struct request *request = client->request;
    if (request == NULL) {
        return; /* nothing was asked yet */
    }
    if (request->phase == PHASE_HEADERS) {
        request->path = "";
        if (!request_take_headers(request, NULL, 0)) {
            return;
        }
    }
    reply_problem(request, 408, "timeout", "the request took longer to arrive than a request may");
    exchange_write_reply(request);
}

/* libmicrohttpd closes what it finds shut on both sides. */
static void cut(struct client *client)
{
    if (client->request != NULL && client->request->phase == PHASE_ANSWERED) {
        reset(client);
    } else {
        tell(client);
    }
    deadline_none(client);
    (void)shutdown(client->fd, SHUT_RDWR);
}

int deadline_sweep(struct loop *loop)
{
    if (LIST_EMPTY(&loop->clients)) {
        return -1;
    }
    if (loop->now_us >= loop->swept_us + SWEEP_US) {
        struct client *client;
        LIST_FOREACH(client, &loop->clients, of_loop)
        {
            if (client->deadline_us != 0 && client->paused_us == 0 && client->deadline_us <= loop->now_us) {
                cut(client);
            }
        }
        loop->swept_us = loop->now_us;
    }
    return SWEEP_MS;
}
