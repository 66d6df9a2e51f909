/* SPDX-License-Identifier: MIT */
#include "http/reply.h"

#include <stdatomic.h>
#include <stdlib.h>

struct reply_body {
    atomic_int holders;
    char *bytes;
    size_t size;
};

struct reply_body *reply_body_new(void *bytes, size_t size)
{
    struct reply_body *body = malloc(sizeof *body);
    if (body == NULL) {
        return NULL;
    }
    *body = (struct reply_body){.bytes = bytes, .size = size};
    atomic_init(&body->holders, 1);
    return body;
}

void reply_body_hold(struct reply_body *body)
{
    atomic_fetch_add_explicit(&body->holders, 1, memory_order_relaxed);
}

void reply_body_release(struct reply_body *body)
{
    if (body == NULL || atomic_fetch_sub_explicit(&body->holders, 1, memory_order_acq_rel) != 1) {
        return;
    }
    free(body->bytes);
    free(body);
}

const char *reply_body_bytes(const struct reply_body *body)
{
    return body->bytes;
}

size_t reply_body_size(const struct reply_body *body)
{
    return body->size;
}
