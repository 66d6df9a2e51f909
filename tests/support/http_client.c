/* SPDX-License-Identifier: MIT */
#include "support/http_client.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { PATIENCE_S = 20, PIECE = 65536 };

/* --- one connection -------------------------------------------------------------------------------------------------- */

bool http_client_connect(struct http_client *client, const char *address)
{
    *client = (struct http_client){.fd = -1};
    const char *colon = strrchr(address, ':');
    char host[64];
    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10))};
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0 || inet_pton(AF_INET, host, &where.sin_addr) != 1 ||
        setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0 ||
        /* A body would wait for the acknowledgement of its headers. */
        setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)) != 0 ||
        connect(client->fd, (struct sockaddr *)&where, sizeof where) != 0) {
        http_client_close(client);
        return false;
    }
    return true;
}

void http_client_close(struct http_client *client)
{
    if (client->fd >= 0) {
        close(client->fd);
    }
    free(client->bytes);
    *client = (struct http_client){.fd = -1};
}

bool http_client_write(struct http_client *client, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t sent = send(client->fd, at, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

bool http_client_send(struct http_client *client, const char *method, const char *path, const char *headers,
                      const char *body, size_t size)
{
    char length[64] = "";
    if (body != NULL) {
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", size);
    }
    char *text = NULL;
    int used = asprintf(&text, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s\r\n", method, path, length,
                        headers == NULL ? "" : headers);
    bool sent = used > 0 && http_client_write(client, text, (size_t)used) &&
                (body == NULL || http_client_write(client, body, size));
    free(text);
    return sent;
}

/* False at the end of the stream, after an error and when patience is over. */
static bool read_more(struct http_client *client)
{
    if (client->capacity - client->size < PIECE) {
        client->capacity = client->capacity * 2 + (size_t)PIECE * 2;
        client->bytes = realloc(client->bytes, client->capacity);
    }
    ssize_t size = client->bytes == NULL ? -1 : recv(client->fd, client->bytes + client->size, PIECE - 1, 0);
    if (size <= 0) {
        return false;
    }
    client->size += (size_t)size;
    return true;
}

static char *take(struct http_client *client, size_t size)
{
    char *taken = malloc(size + 1);
    if (taken != NULL) {
        if (size > 0) {
            memcpy(taken, client->bytes, size);
        }
        taken[size] = '\0';
    }
    client->size -= size;
    if (client->size > 0) {
        memmove(client->bytes, client->bytes + size, client->size);
    }
    return taken;
}

static bool receive_headers(struct http_client *client, struct http_reply *reply)
{
    char *end = NULL;
    while (client->size == 0 || (end = memmem(client->bytes, client->size, "\r\n\r\n", 4)) == NULL) {
        if (!read_more(client)) {
            return false;
        }
    }
    reply->headers = take(client, (size_t)(end - client->bytes) + 4);
    if (reply->headers == NULL || strncmp(reply->headers, "HTTP/1.1 ", 9) != 0) {
        return false;
    }
    reply->status = (int)strtol(reply->headers + 9, NULL, 10);
    return reply->status >= 100;
}

static bool receive_reply(struct http_client *client, bool is_head, struct http_reply *reply)
{
    do {
        http_reply_clear(reply);
        if (!receive_headers(client, reply)) {
            return false;
        }
    } while (reply->status < 200);
    char length[32];
    reply->size = (size_t)strtoull(http_reply_header(reply, "Content-Length", length, sizeof length), NULL, 10);
    if (is_head || reply->status == 204 || reply->status == 304) {
        reply->size = 0;
    }
    while (client->size < reply->size) {
        if (!read_more(client)) {
            return false;
        }
    }
    reply->body = take(client, reply->size);
    return reply->body != NULL;
}

bool http_client_receive(struct http_client *client, bool is_head, struct http_reply *reply)
{
    *reply = (struct http_reply){0};
    if (!receive_reply(client, is_head, reply)) {
        http_reply_clear(reply);
        return false;
    }
    return true;
}

bool http_client_is_closed(struct http_client *client, int ms)
{
    struct pollfd wait = {.fd = client->fd, .events = POLLIN};
    char byte;
    return poll(&wait, 1, ms) == 1 && recv(client->fd, &byte, 1, MSG_DONTWAIT) <= 0;
}

struct http_reply http_client_fetch(const char *address, const char *method, const char *path, const char *headers,
                                    const char *body)
{
    struct http_client client;
    struct http_reply reply = {0};
    if (http_client_connect(&client, address)) {
        /* A refusal may come before all was sent. */
        (void)http_client_send(&client, method, path, headers, body, body == NULL ? 0 : strlen(body));
        (void)http_client_receive(&client, strcmp(method, "HEAD") == 0, &reply);
    }
    http_client_close(&client);
    return reply;
}

/* --- replies --------------------------------------------------------------------------------------------------------- */

const char *http_reply_header(const struct http_reply *reply, const char *name, char *value, size_t size)
{
    size_t name_size = strlen(name);
    value[0] = '\0';
    for (const char *line = reply->headers; line != NULL && *line != '\0'; line = strstr(line, "\r\n") + 2) {
        if (strncasecmp(line, name, name_size) == 0 && line[name_size] == ':') {
            const char *start = line + name_size + 1;
            start += strspn(start, " ");
            snprintf(value, size, "%.*s", (int)strcspn(start, "\r"), start);
            break;
        }
    }
    return value;
}

void http_reply_clear(struct http_reply *reply)
{
    free(reply->headers);
    free(reply->body);
    *reply = (struct http_reply){0};
}

/* --- many connections ------------------------------------------------------------------------------------------------ */

bool http_client_allow_descriptors(size_t count)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return false;
    }
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= count;
}

struct burst {
    struct http_client *clients;
    bool *answered; /* in this round */
    size_t count;
    int epoll;
    char *request;
    size_t request_size;
};

static bool burst_open(struct burst *burst, const char *address)
{
    for (size_t i = 0; i < burst->count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u64 = i};
        if (!http_client_connect(&burst->clients[i], address) ||
            epoll_ctl(burst->epoll, EPOLL_CTL_ADD, burst->clients[i].fd, &event) != 0) {
            return false;
        }
    }
    return true;
}

static int burst_read(struct http_client *client)
{
    struct http_reply reply;
    if (!http_client_receive(client, false, &reply)) {
        return -1;
    }
    int is_ok = reply.status == 200;
    http_reply_clear(&reply);
    return is_ok;
}

/* One event: 1 for a reply with 200, 0 for another, -1 when the connection ended without one. */
static int burst_take(struct burst *burst, size_t i, size_t *answered)
{
    if (burst->answered[i]) { /* closed after its reply: no failure unless there are more rounds */
        (void)epoll_ctl(burst->epoll, EPOLL_CTL_DEL, burst->clients[i].fd, NULL);
        return 0;
    }
    burst->answered[i] = true;
    ++*answered;
    return burst_read(&burst->clients[i]);
}

static size_t burst_round(struct burst *burst)
{
    memset(burst->answered, 0, burst->count * sizeof *burst->answered);
    for (size_t i = 0; i < burst->count; i++) {
        if (!http_client_write(&burst->clients[i], burst->request, burst->request_size)) {
            return 0;
        }
    }
    size_t answered = 0;
    size_t ok = 0;
    while (answered < burst->count) {
        struct epoll_event events[64];
        int ready = epoll_wait(burst->epoll, events, 64, PATIENCE_S * 1000);
        if (ready <= 0) {
            return ok;
        }
        for (int i = 0; i < ready; i++) {
            int result = burst_take(burst, events[i].data.u64, &answered);
            if (result < 0) {
                return ok;
            }
            ok += (size_t)result;
        }
    }
    return ok;
}

size_t http_client_burst(const char *address, size_t connections, size_t rounds, const char *method, const char *path,
                         const char *body)
{
    struct burst burst = {.count = connections, .epoll = epoll_create1(EPOLL_CLOEXEC)};
    char length[64] = "";
    if (body != NULL) {
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", strlen(body));
    }
    int size = asprintf(&burst.request, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n%s", method, path, length,
                        body == NULL ? "" : body);
    burst.request_size = (size_t)size;
    burst.clients = malloc(connections * sizeof *burst.clients);
    burst.answered = calloc(connections, sizeof *burst.answered);
    for (size_t i = 0; i < connections; i++) {
        burst.clients[i] = (struct http_client){.fd = -1};
    }
    size_t ok = 0;
    if (burst_open(&burst, address)) {
        for (size_t round = 1; round <= rounds; round++) {
            ok += burst_round(&burst);
            if (ok < round * connections) {
                break; /* one is missing: the next rounds would only wait for it */
            }
        }
    }
    for (size_t i = 0; i < connections; i++) {
        http_client_close(&burst.clients[i]);
    }
    free(burst.clients);
    free(burst.answered);
    free(burst.request);
    close(burst.epoll);
    return ok;
}
