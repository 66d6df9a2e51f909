/* SPDX-License-Identifier: MIT */
#ifndef HARK_DEMO_DEMO_H
#define HARK_DEMO_DEMO_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A year of a shop that doesn't exist, as the lines that its page, app, stores and call centre would have posted. Pure: no
 * clock, no I/O. The same options give the same lines, byte for byte. */
struct demo;

enum { DEMO_DAYS = 365, DEMO_ANSWERS_MIN = 1000, DEMO_ANSWERS_MAX = 1000000 };

/* The episode that the numbers tell of: a release that reached one region's app first, and was mended. In days before
 * the end of the year. */
enum { DEMO_BAD_RELEASE_BEGAN = 62, DEMO_BAD_RELEASE_ENDED = 34 };
#define DEMO_BAD_RELEASE_REGION  "ES-MD"
#define DEMO_BAD_RELEASE_CHANNEL "mobile"
/* What each line says in its field source. */
#define DEMO_SOURCE "demo"

/* The surveys that are answered, with bodies for PUT /v1/surveys/{key}. Ends with one whose key is NULL. */
struct demo_survey {
    const char *key;
    const char *definition;
};
extern const struct demo_survey demo_surveys[];

struct demo_options {
    uint64_t seed;
    int64_t until_us; /* the year ends here */
    int answers;      /* about so many, DEMO_ANSWERS_MIN to DEMO_ANSWERS_MAX */
    bool has_release; /* the project declares the dimension release */
};

/* NULL: no memory. */
struct demo *demo_new(const struct demo_options *options) __attribute__((warn_unused_result));
void demo_free(struct demo *demo);

/* Appends the next day as NDJSON: bodies for POST /v1/responses and for POST /v1/events. False, and nothing appended, when
 * the year is over. */
bool demo_next_day(struct demo *demo, struct buffer *responses, struct buffer *events);
/* Lines appended so far. */
size_t demo_responses(const struct demo *demo);
size_t demo_events(const struct demo *demo);

#endif
