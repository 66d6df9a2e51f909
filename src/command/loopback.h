/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_LOOPBACK_H
#define HARK_COMMAND_LOOPBACK_H

#include "base/buffer.h"
#include "base/status.h"

#include <stddef.h>

/* A client on this machine that posts lines to a service of this very process: what a command stores goes the way of every
 * client's answers. */
struct loopback {
    int descriptor; /* -1: not connected */
    const char *address;
    const char *key;
};

/* address: "127.0.0.1:41234". STATUS_UNAVAILABLE: nobody listens there. Failures here and below were logged. */
enum status loopback_open(const char *address, const char *key, struct loopback *loopback)
    __attribute__((warn_unused_result));
void loopback_close(struct loopback *loopback);
/* Puts JSON where there is nothing yet. STATUS_CONFLICT: there is something, which stays (not logged). */
enum status loopback_put_new(struct loopback *loopback, const char *path, const char *json)
    __attribute__((warn_unused_result));
/* Posts NDJSON; *accepted: how many lines were stored. STATUS_INVALID: not all of them were, or a line was known already. */
enum status loopback_post(struct loopback *loopback, const char *path, const struct buffer *lines, size_t *accepted)
    __attribute__((warn_unused_result));

#endif
