/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_FEEDBACK_H
#define HARK_TESTS_FEEDBACK_H

#include "storage/rollup.h"
#include "tenant.h"

/* Random answers written by SQL of the test's own, with all that hangs on them: dictionary, cells, responses and
 * rollups, spread over slots, with counters that cancel out, a third of them in rollup_pending. The plain rows are in test_feedback, which nothing else
 * reads: what the numbers are compared with. */
struct feedback_options {
    int rows;
    int from; /* quarters of an hour */
    int to;
    double seed; /* -1 to 1 */
};
void feedback_make(const struct tenant *tenant, const struct feedback_options *options);
/* Takes all of it away but the dictionary: tests that look at the whole database must not find it. */
void feedback_drop(const struct tenant *tenant);
/* Runs any SQL. */
void feedback_execute(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What a query was answered, as sorted lines, compared with test_feedback counted by SQL. where: of rows of
 * test_feedback, in SQL, to the same effect as the query's filters; NULL: all. Fails the test where a line differs. */
void feedback_compare_rollup(const struct rollup_query *query, const struct rollup *rollup, const char *where);
/* The same of what rollup_read answers. */
void feedback_compare(struct connection *connection, const struct rollup_query *query, const char *where);

#endif
