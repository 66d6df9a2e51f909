/* SPDX-License-Identifier: MIT */
#ifndef HARK_HTTP_LISTENER_H
#define HARK_HTTP_LISTENER_H

#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>

enum { LISTENER_TEXT_SIZE = 80 };

struct listener {
    int fd;                           /* -1: closed */
    char address[LISTENER_TEXT_SIZE]; /* with the port that was really bound */
};

/* "127.0.0.1:8080", "[::1]:8080", "localhost:8080", ":8080" (every IPv4 address; "[::]:8080": IPv6 too). Pure: looks nothing up. */
bool listener_parse(const char *address, struct text *host, const char **port);
/* Binds and listens, without blocking. STATUS_CONFLICT: taken. The reason was logged in plain words. */
enum status listener_open(const char *address, struct listener *listener) __attribute__((warn_unused_result));
/* One that somebody else has opened: it is the listener's now. */
void listener_adopt(int fd, struct listener *listener);
void listener_close(struct listener *listener);

#endif
