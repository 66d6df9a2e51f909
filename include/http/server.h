/* SPDX-License-Identifier: MIT */
#ifndef HARK_HTTP_SERVER_H
#define HARK_HTTP_SERVER_H

#include "base/address.h"
#include "base/gcra.h"
#include "base/status.h"
#include "http/request.h"

/* The HTTP server: loops on threads of their own, each with one libmicrohttpd daemon in external mode. */
struct http_server;

struct http_application {
    const struct route *routes;
    size_t route_count;
    void *context; /* given to the hooks */
    /* The headers are in and a route was found; the body was not read yet. Refuse by setting a reply (the body is then not
     * read), or call request_collect or request_stream. On a loop's thread: must not wait. */
    void (*begin)(void *context, struct request *request);
    /* The body is in. Same thread, must not wait: set a reply and return HANDLED, or hand the request over and return PENDING. */
    enum outcome (*handle)(void *context, struct request *request);
    /* The request ends: free what request_context holds. Any thread. May be NULL. */
    void (*end)(void *context, struct request *request);
};

/* The header in which the proxies say for whom they ask. Only one, as a proxy passes the other on as it came. */
enum http_forwarding { HTTP_FORWARDING_COMMON /* X-Forwarded-For */, HTTP_FORWARDING_STANDARD /* RFC 7239 */ };

/* Those that are believed. */
struct http_proxies {
    const struct address_range *ranges; /* borrowed */
    size_t count;
    enum http_forwarding forwarding;
};

/* 0 means no limit for each of the last five. The loopback is never limited by address. */
struct http_options {
    const char *listen;       /* "127.0.0.1:8080", "[::1]:8080"; port 0 picks a free one */
    const char *admin_listen; /* NULL: no second listener */
    int listen_fd;       /* a listening socket that takes the place of `listen`, and is the server's now; 0: none */
    int admin_listen_fd; /* likewise; where there is one there is a second listener */
    int threads;
    int max_connections;
    int head_bytes; /* of a request's first line and headers, HTTP_FIELD_BYTES more for each header; beyond: 431 */
    int idle_timeout_ms;
    bool access_log;
    struct http_proxies proxies;
    int max_connections_per_address; /* proxies are not limited by it */
    struct rate address_rate;
    int header_timeout_ms; /* from the accept, or from the end of the wait for another request */
    int body_timeout_ms;   /* from the end of the headers: and a second more for each HTTP_SLOWEST bytes */
    int reply_timeout_ms;  /* from the reply to its last byte: the same */
};

enum { HTTP_SLOWEST = 64 << 10, HTTP_FIELD_BYTES = 100 };

/* Binds, starts the threads, serves. STATUS_CONFLICT: the port is taken; the reason was logged in plain words. */
enum status http_open(const struct http_application *application, const struct http_options *options,
                      struct http_server **server) __attribute__((warn_unused_result));
/* "127.0.0.1:8080", with the port that was really bound. */
const char *http_address(const struct http_server *server);
const char *http_admin_address(const struct http_server *server);
/* Graceful stop: no new connections, requests under way get their replies (with Connection: close), idle connections are closed.
 * Returns when all are gone or after timeout_ms, when the rest was cut; true when none was cut. */
bool http_drain(struct http_server *server, int timeout_ms);
void http_close(struct http_server *server);
/* For a watchdog, from one thread: whether each loop has come round since this was last asked. Wakes those that sleep. */
bool http_is_turning(struct http_server *server);

#endif
