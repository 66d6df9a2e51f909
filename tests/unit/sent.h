/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_SENT_H
#define HARK_TESTS_SENT_H

#include "../../src/api/submission.h"

/* An object of POST /v1/responses or /v1/events, as a key of a project sends it on 2026-11-22 at ten. For one test; change what is sent
 * with before it is decoded. */
struct sent {
    struct project project;
    struct key key;
    struct principal principal;
    struct submission submission;
    struct arena *arena;
    struct faults faults; /* of the last object */
    struct ingest_item item;
};
extern struct sent sent;

void sent_setup(void);
void sent_teardown(void);

/* The status that it is refused with, or 0. */
int sent_decode_within(struct arena *arena, struct text text);
int sent_decode(const char *json);
/* The test fails where it isn't taken. */
const struct response *sent_response(const char *json);
const struct event *sent_event(const char *json);

/* Microseconds of an RFC 3339 text. */
int64_t sent_at(const char *text);

#endif
