/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/log.h"
#include "exchange.h"
#include "loop.h"
#include "stream.h"

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

static void forget(struct http_server *server, struct client *client)
{
    if (client->is_counted) {
        peers_leave(server->peers, &client->address);
    }
    atomic_fetch_sub(&server->connections, 1);
    free(client);
}

void intake_on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct loop *loop = context;
    struct client *client = *socket_context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        client = loop->incoming;
        loop->incoming = NULL;
        client->connection = connection;
        LIST_INSERT_HEAD(&loop->clients, client, of_loop);
        access_connections(&loop->server->access, 1);
        *socket_context = client;
        return;
    }
    LIST_REMOVE(client, of_loop);
    if (client->has_left) {
        LIST_REMOVE(client, of_leavers);
    }
    (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, client->fd, NULL);
    if (client->lingers) {
        farewell_add(&loop->farewell, client->fd);
    }
    access_connections(&loop->server->access, -1);
    forget(loop->server, client);
}

void intake_client_left(struct loop *loop, struct client *client)
{
    if (!client->has_left) {
        client->has_left = true;
        LIST_INSERT_HEAD(&loop->leavers, client, of_leavers);
    }
}

/* Whether its address may have one more. The address itself is kept as a subscriber's where it is no proxy's. */
static bool admit(struct http_server *server, struct client *client, const struct sockaddr *socket)
{
    const struct http_proxies *proxies = &server->options.proxies;
    struct address address;
    if (!address_of_socket(socket, &address)) {
        return true;
    }
    client->is_proxy = address_in_ranges(&address, proxies->ranges, proxies->count);
    client->address = address;
    if (server->peers == NULL || client->is_proxy || client->is_admin || address_is_loopback(&address)) {
        return true;
    }
    client->address = address_subscriber(&address);
    client->is_counted = peers_enter(server->peers, &client->address);
    return client->is_counted;
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
    if (!admit(server, client, address)) {
        free(client);
        refuse(loop, fd);
        return;
    }
    deadline_for_first_headers(loop, client);
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data.ptr = client};
    bool watched = epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
    loop->incoming = client;
    if (!watched || MHD_add_connection(loop->daemon, fd, address, size) == MHD_NO) {
        if (!watched) {
            close(fd); /* libmicrohttpd closes what it does not take */
        }
        if (loop->incoming != NULL) {
            loop->incoming = NULL;
            forget(server, client);
        }
    }
}

/* --- accepting --------------------------------------------------------------------------------------------------------- */

static void listen_on(struct loop *loop, struct listener *listener)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = listener};
    if (listener->fd >= 0 && epoll_ctl(loop->epoll, EPOLL_CTL_ADD, listener->fd, &event) != 0) {
        log_error("a loop can't watch a listener: %s", strerrordesc_np(errno));
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
    log_warn("no connection can be accepted: %s", strerrordesc_np(errno));
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

/* --- dismissing -------------------------------------------------------------------------------------------------------- */

/* libmicrohttpd waits for edges, and takes a short read for the last one: it misses an end of input that came in one go with
 * data, and the connection would stay until its idle timeout. This makes another edge, and changes nothing for a client that
 * sends nothing more. Done again at each turn, as there may be more data before the end. */
static void remind_of_end(const struct client *client)
{
    (void)shutdown(client->fd, SHUT_RD);
}

/* A request that is in gets its reply first: the client may have shut its writing side only. */
static bool has_request_in(const struct client *client)
{
    return client->request != NULL && client->request->phase != PHASE_HEADERS && client->request->phase != PHASE_BODY;
}

static bool has_input(const struct client *client)
{
    char byte;
    return recv(client->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static void dismiss_idle(struct loop *loop)
{
    bool is_early = clock_monotonic_us() < loop->drains_from_us + NEWCOMER_GRACE_US;
    struct client *client;
    LIST_FOREACH(client, &loop->clients, of_loop)
    {
        bool may_stay = client->is_busy || (is_early && !client->has_served);
        if (!may_stay && !has_input(client)) {
            remind_of_end(client);
        }
    }
}

void intake_dismiss(struct loop *loop)
{
    struct client *client;
    LIST_FOREACH(client, &loop->leavers, of_leavers)
    {
        if (client->request != NULL && client->request->phase == PHASE_STREAM) {
            stream_cut(client->request);
        } else if (!has_request_in(client)) {
            remind_of_end(client);
        }
    }
    if (loop->drains_from_us != 0) {
        dismiss_idle(loop);
    }
}
