/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_DEDUPE_SAMPLE_H
#define HARK_TESTS_DEDUPE_SAMPLE_H

#include "base/id.h"
#include "storage/dedupe.h"
#include "tenant.h"

/* Responses that the test makes itself, so that it can tell by going through all pairs of them which ones count. */

enum { SAMPLE_QUESTIONS = 3, SAMPLE_CHANNELS = 4, SAMPLE_REGIONS = 3, SAMPLE_NOBODY = -1, SAMPLE_NO_SCORE = -1 };

struct sample_row {
    int64_t occurred_us;
    struct id id;
    int32_t project_id;
    int customer; /* SAMPLE_NOBODY: without one */
    int channel;  /* the last one is the missing value */
    int region;
    int scores[SAMPLE_QUESTIONS]; /* nps, csat, ces */
    bool is_out;                  /* test or excluded */
};

extern const char *const sample_channels[SAMPLE_CHANNELS];
extern const char *const sample_regions[SAMPLE_REGIONS];

/* The dictionary of the project, for all rows to come. */
void sample_dictionary(const struct tenant *tenant);
void sample_insert(const struct sample_row *rows, size_t count);

/* Few moments, few customers and random ids: ties in time are many. */
void sample_random(struct sample_row *rows, size_t count, int32_t project_id, int32_t from, int32_t to, uint64_t *seed);

/* Which channels and regions a query lets through: a bit for each; 0: any. */
struct sample_filter {
    unsigned channels;
    unsigned regions;
};

/* Fails the test where dedupe_read answers something else than the rows do. Fills in the query's filters. */
void sample_compare(struct connection *connection, struct rollup_query query, struct sample_filter filter,
                    enum dedupe dedupe, const struct sample_row *rows, size_t count);

#endif
