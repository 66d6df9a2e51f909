/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_FAULTS_H
#define HARK_API_FAULTS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "http/request.h"

#include <stdbool.h>
#include <stddef.h>

/* Inside api/ only: all that is wrong with one object, noted while it is decoded. */

struct json_t;

enum { FAULTS_MAX = 100 };

struct fault {
    const char *pointer; /* "#/answers/nps" */
    const char *detail;
    struct fault *next;
};

struct faults {
    struct arena *arena;
    struct fault *first;
    struct fault **last;
    size_t count; /* also those past FAULTS_MAX, which are not kept */
    bool lacks_memory;
};

void faults_init(struct faults *faults, struct arena *arena);
void faults_add(struct faults *faults, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A part could not be kept. */
void faults_add_no_memory(struct faults *faults);
/* Whether memory was out at any moment of the decoding: then it is a 503 whatever was found, for the object may be a good one, or
 * one of which a part is missing. */
bool faults_lack_memory(const struct faults *faults);
/* Of each member of an object that is not among names, which ends with NULL. */
void faults_add_unknown(struct faults *faults, const struct json_t *object, const char *const *names,
                        const char *pointer);
/* base + "/" + name, escaped as a JSON pointer in a URI fragment (RFC 6901, section 6). In the arena. */
const char *faults_child(struct faults *faults, const char *base, const char *name);
const char *faults_element(struct faults *faults, const char *base, size_t index);

/* Into the reply of a request, as a 422, or a 503 where they lack memory. */
void faults_reply(const struct faults *faults, struct request *request);
/* The body is no JSON object: a 400, or a 503 likewise. */
void faults_reply_malformed(const struct faults *faults, struct request *request, const char *fault);
/* As a JSON array of {"pointer", "detail"}, empty only where there is no fault; those past FAULTS_MAX are counted in a last one. */
void faults_write(const struct faults *faults, struct buffer *json);

#endif
