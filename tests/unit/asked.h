/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_ASKED_H
#define HARK_TESTS_ASKED_H

#include "../../src/api/call.h"
#include "../../src/storage/directory_snapshot.h"
#include "storage/survey.h"

/* What a request asks of a route of the real table, on 2026-11-22 at 10:07, with a key and projects that stand in no database. For one
 * test; change what is asked with before it is. */

enum { ASKED_ORGANIZATION = 3, ASKED_SHOP = 7, ASKED_CAFE = 9, ASKED_STRANGER = 11, ASKED_PROJECTS = 3 };

struct asked {
    struct project projects[ASKED_PROJECTS]; /* shop and cafe of one organization, stranger of another */
    struct key key;                          /* opens shop, to read */
    struct call call;
    struct arena *arena; /* of what is made of it beside the request */
    struct request *request;
    size_t arena_limit; /* of the request's; 0: none */
};
extern struct asked asked;

void asked_setup(void);
void asked_teardown(void);

/* Questions that surveys ask: of "visit" in shop, twice, and in cafe. */
extern const struct question_definition asked_definitions[];

/* The key opens all of the organization; project: the one that the query names, or NULL. */
void asked_by_organization(const struct project *project);

/* value: of the path. The query must be one that the route's table takes. */
void asked_get(const char *pattern, const char *value, const char *query);
void asked_send(enum http_method method, const char *pattern, const char *value, const char *body);

/* The reply is a 422 of one fault, of that parameter or pointer. */
void asked_check_fault(const char *place, const char *detail);
/* The reply is that problem, of so many faults. */
void asked_check_problem(int status, const char *slug, size_t faults);

/* Microseconds, and quarters of an hour, of an RFC 3339 text. */
int64_t asked_at(const char *text);
int32_t asked_quarter(const char *text);

#endif
