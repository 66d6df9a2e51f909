/* SPDX-License-Identifier: MIT */
#include "http/listener.h"

#include "base/log.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, UNSENT_BYTES = 64 << 10, HOST_SIZE = 64, PORT_SIZE = 8 };

static bool is_port(const char *port)
{
    size_t digits = strspn(port, "0123456789");
    unsigned value = 0;
    for (size_t i = 0; i < digits && i < PORT_SIZE; i++) {
        value = value * 10 + (unsigned)(port[i] - '0');
    }
    return digits > 0 && digits <= 5 && port[digits] == '\0' && value <= 65535;
}

bool listener_parse(const char *address, struct text *host, const char **port)
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL || !is_port(colon + 1)) {
        return false;
    }
    *port = colon + 1;
    *host = (struct text){.bytes = address, .size = (size_t)(colon - address)};
    bool is_bracketed = host->size > 2 && address[0] == '[' && colon[-1] == ']';
    if (is_bracketed) {
        host->bytes++;
        host->size -= 2;
    }
    bool has_colon = memchr(host->bytes, ':', host->size) != NULL;
    return host->size < HOST_SIZE && has_colon == is_bracketed && memchr(host->bytes, '[', host->size) == NULL;
}

static struct addrinfo *resolve(const char *address)
{
    struct text host;
    const char *port;
    if (!listener_parse(address, &host, &port)) {
        log_error("can't listen on \"%s\": it must read host:port, such as 127.0.0.1:8080 or [::1]:8080", address);
        return NULL;
    }
    char name[HOST_SIZE];
    memcpy(name, host.bytes, host.size);
    name[host.size] = '\0';
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(host.size == 0 ? NULL : name, port, &hints, &found);
    if (error != 0) {
        log_error("can't listen on %s: %s", address, gai_strerror(error));
        return NULL;
    }
    return found;
}

static enum status log_refusal(const char *address)
{
    switch (errno) {
    case EADDRINUSE:
        log_error("can't listen on %s: another process listens there already", address);
        return STATUS_CONFLICT;
    case EADDRNOTAVAIL:
        log_error("can't listen on %s: this machine has no such address", address);
        return STATUS_INVALID;
    case EACCES:
        log_error("can't listen on %s: ports below 1024 need a privilege", address);
        return STATUS_FORBIDDEN;
    default:
        log_error("can't listen on %s: %s", address, strerrordesc_np(errno));
        return STATUS_UNAVAILABLE;
    }
}

static void set_option(int fd, int level, int option, int value)
{
    if (setsockopt(fd, level, option, &value, sizeof value) != 0) {
        log_debug("a socket option was not taken: %s", strerrordesc_np(errno));
    }
}

/* Accepted sockets inherit them. */
static void set_inherited(int fd)
{
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    /* What a client doesn't read waits here, not in megabytes of the kernel's: what is under way has no such limit. */
    set_option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_BYTES);
}

static bool bind_and_listen(int fd, const struct addrinfo *where)
{
    /* A restart must not wait for old connections in TIME_WAIT. Linux still refuses a port that somebody listens on. */
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    set_inherited(fd);
    if (where->ai_family == AF_INET6) {
        set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    }
    return bind(fd, where->ai_addr, where->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
}

static void write_address(struct listener *listener)
{
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof bound;
    char host[HOST_SIZE] = "?";
    char port[PORT_SIZE] = "?";
    if (getsockname(listener->fd, (struct sockaddr *)&bound, &size) == 0) {
        (void)getnameinfo((struct sockaddr *)&bound, size, host, sizeof host, port, sizeof port,
                          NI_NUMERICHOST | NI_NUMERICSERV);
    }
    bool is_v6 = bound.ss_family == AF_INET6;
    snprintf(listener->address, sizeof listener->address, is_v6 ? "[%s]:%s" : "%s:%s", host, port);
}

enum status listener_open(const char *address, struct listener *listener)
{
    listener->fd = -1;
    struct addrinfo *where = resolve(address);
    if (where == NULL) {
        return STATUS_INVALID;
    }
    enum status status = STATUS_OK;
    listener->fd = socket(where->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener->fd < 0 || !bind_and_listen(listener->fd, where)) {
        status = log_refusal(address);
        listener_close(listener);
    } else {
        write_address(listener);
    }
    freeaddrinfo(where);
    return status;
}

void listener_adopt(int fd, struct listener *listener)
{
    listener->fd = fd;
    set_inherited(fd);
    write_address(listener);
}

void listener_close(struct listener *listener)
{
    if (listener->fd >= 0) {
        close(listener->fd);
        listener->fd = -1;
    }
}
