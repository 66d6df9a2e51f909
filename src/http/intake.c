/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/log.h"
#include "exchange.h"
#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ACCEPTS_A_TURN = 64,
    ACCEPT_PAUSE_US = 100000,
    NEWCOMER_GRACE_US = 200000, /* in a drain: for a request that is on its way on a new connection */
};

/* --- one connection -------------------------------------------------------------------------------------------------- */

void intake_on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct loop *loop = context;
    struct client *client = *socket_context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        client = loop->incoming;
        loop->incoming = NULL;
        client->connection = connection;
        client->next = loop->clients;
        if (client->next != NULL) {
            client->next->previous = client;
        }
        loop->clients = client;
        access_connections(&loop->server->access, 1);
        *socket_context = client;
        return;
    }
    *(client->previous == NULL ? &loop->clients : &client->previous->next) = client->next;
    if (client->next != NULL) {
        client->next->previous = client->previous;
    }
    (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, client->fd, NULL);
    if (client->lingers) {
        farewell_add(&loop->farewell, client->fd);
    }
    access_connections(&loop->server->access, -1);
    atomic_fetch_sub(&loop->server->connections, 1);
    free(client);
}

void client_shut(struct client *client)
{
    client->is_shut = shutdown(client->fd, SHUT_RD) == 0 || errno == ENOTCONN;
}

/* libmicrohttpd takes a short read for the last one, and so misses an end of input that came together with the data: the
 * connection would stay until it is idle for too long. A request that is in gets its reply first. */
void intake_client_left(struct client *client)
{
    client->has_left = true;
    if (!client->is_busy || client->request == NULL || client->request->phase == PHASE_HEADERS ||
        client->request->phase == PHASE_BODY) {
        client_shut(client);
    }
}

static void refuse(struct loop *loop, int fd)
{
    static const char reply[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
                                "Content-Length: 0\r\n\r\n";
    atomic_fetch_sub(&loop->server->connections, 1);
    (void)!send(fd, reply, sizeof reply - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(fd, SHUT_WR);
    farewell_add(&loop->farewell, fd);
    close(fd);
}

static void welcome(struct loop *loop, int fd, const struct sockaddr *address, socklen_t size, bool is_admin)
{
    struct http_server *server = loop->server;
    int limit = server->options.max_connections + (is_admin ? ADMIN_EXTRA : 0);
    struct client *client = atomic_fetch_add(&server->connections, 1) >= limit ? NULL : malloc(sizeof *client);
    if (client == NULL) {
        refuse(loop, fd);
        return;
    }
    *client = (struct client){.fd = fd, .is_admin = is_admin};
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data.ptr = client};
    bool watched = epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
    loop->incoming = client;
    if (!watched || MHD_add_connection(loop->daemon, fd, address, size) == MHD_NO) {
        if (!watched) {
            close(fd); /* libmicrohttpd closes what it does not take */
        }
        if (loop->incoming != NULL) {
            loop->incoming = NULL;
            atomic_fetch_sub(&server->connections, 1);
            free(client);
        }
    }
}

/* --- accepting --------------------------------------------------------------------------------------------------------- */

static void listen_on(struct loop *loop, struct listener *listener)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = listener};
    if (listener->fd >= 0 && epoll_ctl(loop->epoll, EPOLL_CTL_ADD, listener->fd, &event) != 0) {
        log_error("a loop can't watch a listener: %s", strerror(errno));
    }
}

void intake_open(struct loop *loop)
{
    listen_on(loop, &loop->server->main);
    listen_on(loop, &loop->server->admin);
    loop->listens = true;
}

static void intake_close(struct loop *loop)
{
    if (loop->listens) {
        (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, loop->server->main.fd, NULL);
        if (loop->server->has_admin) {
            (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, loop->server->admin.fd, NULL);
        }
    }
    loop->listens = false;
}

/* A listener stays ready while descriptors are out: without a pause the loop would spin. */
static void intake_pause(struct loop *loop)
{
    log_warn("no connection can be accepted: %s", strerror(errno));
    intake_close(loop);
    loop->accepts_from_us = clock_monotonic_us() + ACCEPT_PAUSE_US;
}

/* At most so many, so that the other loops get their share. False when there are no more. */
static bool accept_some(struct loop *loop, const struct listener *listener)
{
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        struct sockaddr_storage address;
        socklen_t size = sizeof address;
        int fd = accept4(listener->fd, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            welcome(loop, fd, (struct sockaddr *)&address, size, listener == &loop->server->admin);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            intake_pause(loop);
            return false;
        } else if (errno != ECONNABORTED && errno != EINTR) {
            return false;
        }
    }
    return true;
}

void intake_accept(struct loop *loop, const struct listener *listener)
{
    (void)accept_some(loop, listener);
}

/* --- draining ---------------------------------------------------------------------------------------------------------- */

static void accept_rest(struct loop *loop)
{
    struct listener *listeners[] = {&loop->server->main, &loop->server->admin};
    for (int i = 0; i < 2; i++) {
        while (listeners[i]->fd >= 0 && accept_some(loop, listeners[i])) {
        }
    }
}

/* Who has connected is still served; closing the listeners then turns newcomers away at once. */
static void drain_begin(struct loop *loop)
{
    struct http_server *server = loop->server;
    loop->drains_from_us = clock_monotonic_us();
    accept_rest(loop);
    intake_close(loop);
    if (atomic_fetch_sub(&server->listening, 1) == 1) {
        accept_rest(loop);
        listener_close(&server->main);
        listener_close(&server->admin);
    }
}

void intake_tend(struct loop *loop)
{
    if (loop->drains_from_us != 0) {
        return;
    }
    if (atomic_load(&loop->server->draining)) {
        drain_begin(loop);
    } else if (loop->accepts_from_us != 0 && clock_monotonic_us() >= loop->accepts_from_us) {
        loop->accepts_from_us = 0;
        intake_open(loop);
    }
}

static bool has_input(const struct client *client)
{
    char byte;
    return recv(client->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void intake_drain(struct loop *loop)
{
    bool is_early = clock_monotonic_us() < loop->drains_from_us + NEWCOMER_GRACE_US;
    for (struct client *client = loop->clients; client != NULL; client = client->next) {
        bool may_stay = client->is_busy || client->is_shut || (is_early && !client->has_served);
        if (!may_stay && !has_input(client)) {
            client_shut(client);
        }
    }
}
