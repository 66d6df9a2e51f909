/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_HTTP_CLIENT_H
#define HARK_TESTS_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

/* A simple HTTP/1.1 client that blocks, for tests: nothing is hidden, any bytes can be sent. Waits at most 20 s. */

struct http_client {
    int fd;      /* -1: not connected */
    char *bytes; /* received and not read yet */
    size_t size;
    size_t capacity;
};

struct http_reply {
    int status;    /* 0: the connection ended before a whole reply came */
    char *headers; /* with the status line; ends in a blank line */
    char *body;    /* NUL-terminated beyond size */
    size_t size;
};

/* address: "127.0.0.1:8080". */
bool http_client_connect(struct http_client *client, const char *address);
void http_client_close(struct http_client *client);

bool http_client_write(struct http_client *client, const void *bytes, size_t size);
/* headers: "Name: value\r\n..." or NULL. Adds Host, and Content-Length where there is a body. */
bool http_client_send(struct http_client *client, const char *method, const char *path, const char *headers,
                      const char *body, size_t size);
/* Reads one reply; is_head: it has no body. Interim replies (100) are skipped. */
bool http_client_receive(struct http_client *client, bool is_head, struct http_reply *reply);
/* Whether the server has closed the connection: waits for it, at most ms. */
bool http_client_is_closed(struct http_client *client, int ms);
/* Connects, sends, receives, closes. */
struct http_reply http_client_fetch(const char *address, const char *method, const char *path, const char *headers,
                                    const char *body);

/* The value of a header into value ("" when there is none). Returns value. */
const char *http_reply_header(const struct http_reply *reply, const char *name, char *value, size_t size);
void http_reply_clear(struct http_reply *reply);

/* Opens so many connections and, round after round, sends the same request on all of them at once, then waits until
 * every one has its reply. Returns how many replies with status 200 came in all. */
size_t http_client_burst(const char *address, size_t connections, size_t rounds, const char *method, const char *path,
                         const char *body);

/* Raises RLIMIT_NOFILE as far as it goes; false when fewer than so many descriptors are allowed. */
bool http_client_allow_descriptors(size_t count);

#endif
