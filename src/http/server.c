/* SPDX-License-Identifier: MIT */
#include "http/server.h"

#include "base/log.h"
#include "loop.h"

#include <stdlib.h>
#include <time.h>

static bool is_served(const struct route *route, bool has_admin, bool on_admin)
{
    bool is_for_admin = (route->flags & ROUTE_ADMIN) != 0;
    if (!has_admin) {
        return true;
    }
    return on_admin ? is_for_admin || route->scope == SCOPE_NONE : !is_for_admin;
}

static bool route_set_init(struct route_set *set, const struct http_server *server, bool on_admin)
{
    size_t count = server->application.route_count;
    set->routes = calloc(count + 1, sizeof *set->routes);
    set->indexes = calloc(count + 1, sizeof *set->indexes);
    if (set->routes == NULL || set->indexes == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct route *route = &server->application.routes[i];
        if (is_served(route, server->has_admin, on_admin)) {
            set->routes[set->count] = *route;
            set->indexes[set->count++] = i;
        }
    }
    return true;
}

static void route_set_clear(struct route_set *set)
{
    free(set->routes);
    free(set->indexes);
}

enum { LIMITED_ADDRESSES = 1 << 16 };

/* False: out of memory. */
static bool open_limits(struct http_server *server)
{
    const struct http_options *options = &server->options;
    if (options->max_connections_per_address > 0) {
        server->peers = peers_new(options->max_connections_per_address);
    }
    if (options->address_rate.count > 0) {
        server->limiter = limiter_new(LIMITED_ADDRESSES);
    }
    return (server->peers != NULL || options->max_connections_per_address == 0) &&
           (server->limiter != NULL || options->address_rate.count == 0);
}

static enum status open_listener(int fd, const char *address, struct listener *listener)
{
    if (fd == 0) {
        return listener_open(address, listener);
    }
    listener_adopt(fd, listener);
    return STATUS_OK;
}

static enum status open_listeners(struct http_server *server)
{
    const struct http_options *options = &server->options;
    enum status status = open_listener(options->listen_fd, options->listen, &server->main);
    if (status == STATUS_OK && server->has_admin) {
        status = open_listener(options->admin_listen_fd, options->admin_listen, &server->admin);
    }
    return status;
}

static enum status start_loops(struct http_server *server)
{
    server->loops = calloc((size_t)server->options.threads, sizeof(struct loop *));
    if (server->loops == NULL) {
        return STATUS_NO_MEMORY;
    }
    while (server->loop_count < server->options.threads) {
        struct loop *loop = loop_new(server);
        if (loop == NULL) {
            return STATUS_INTERNAL;
        }
        atomic_fetch_add(&server->listening, 1);
        if (!loop_start(loop)) {
            log_error("a thread can't be started");
            (void)loop_close(loop);
            return STATUS_INTERNAL;
        }
        server->loops[server->loop_count++] = loop;
    }
    return STATUS_OK;
}

enum status http_open(const struct http_application *application, const struct http_options *options,
                      struct http_server **server)
{
    struct http_server *opened = calloc(1, sizeof *opened);
    if (opened == NULL) {
        return STATUS_NO_MEMORY;
    }
    opened->application = *application;
    opened->options = *options;
    opened->main.fd = -1;
    opened->admin.fd = -1;
    opened->has_admin = options->admin_listen != NULL || options->admin_listen_fd != 0;
    enum status status = STATUS_NO_MEMORY;
    if (open_limits(opened) && route_set_init(&opened->main_routes, opened, false) &&
        route_set_init(&opened->admin_routes, opened, true)) {
        status = access_open(&opened->access, options->access_log, application->routes, application->route_count);
    }
    if (status == STATUS_OK) {
        status = open_listeners(opened);
    }
    if (status == STATUS_OK) {
        status = start_loops(opened);
    }
    if (status != STATUS_OK) {
        http_close(opened);
        return status;
    }
    *server = opened;
    return STATUS_OK;
}

const char *http_address(const struct http_server *server)
{
    return server->main.address;
}

const char *http_admin_address(const struct http_server *server)
{
    return server->has_admin ? server->admin.address : NULL;
}

static struct timespec deadline_in(int ms)
{
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += ms / 1000;
    deadline.tv_nsec += (long)(ms % 1000) * 1000000;
    if (deadline.tv_nsec >= 1000000000) {
        deadline.tv_sec++;
        deadline.tv_nsec -= 1000000000;
    }
    return deadline;
}

static void wake_loops(struct http_server *server)
{
    for (int i = 0; i < server->loop_count; i++) {
        loop_wake(server->loops[i]);
    }
}

bool http_drain(struct http_server *server, int timeout_ms)
{
    if (server->drained) {
        return true;
    }
    server->drained = true;
    struct timespec deadline = deadline_in(timeout_ms);
    atomic_store(&server->draining, true);
    wake_loops(server);
    int joined = 0;
    while (joined < server->loop_count && loop_join(server->loops[joined], &deadline)) {
        joined++;
    }
    atomic_store(&server->stopping, true);
    wake_loops(server);
    size_t cut = 0;
    for (int i = 0; i < server->loop_count; i++) {
        if (i >= joined) {
            (void)loop_join(server->loops[i], NULL);
        }
        cut += loop_close(server->loops[i]);
    }
    server->loop_count = 0;
    if (cut > 0) {
        log_warn("%zu requests were cut: they did not end within %d ms", cut, timeout_ms);
    }
    return cut == 0;
}

bool http_is_turning(struct http_server *server)
{
    bool are_turning = true;
    for (int i = 0; i < server->loop_count; i++) {
        are_turning = loop_has_turned(server->loops[i]) && are_turning;
    }
    return are_turning;
}

void http_close(struct http_server *server)
{
    (void)http_drain(server, 0);
    listener_close(&server->main);
    listener_close(&server->admin);
    free(server->loops);
    access_close(&server->access);
    route_set_clear(&server->main_routes);
    route_set_clear(&server->admin_routes);
    peers_free(server->peers);
    limiter_free(server->limiter);
    free(server);
}
