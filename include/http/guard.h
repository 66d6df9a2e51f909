/* SPDX-License-Identifier: MIT */
#ifndef HARK_HTTP_GUARD_H
#define HARK_HTTP_GUARD_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Refuses what two HTTP parsers may read in two ways (request smuggling). Pure. libmicrohttpd parses loosely, so every
 * request is looked at before any byte of its body is read. */

enum { GUARD_FIELDS_MAX = 100 };

struct guard_field {
    struct text name;
    struct text value; /* without the whitespace before it */
};

struct guard_request {
    const char *method;
    struct text target; /* as sent */
    const char *version;
    const struct guard_field *fields; /* in the order sent */
    size_t field_count;
};

/* What the body will be. */
struct guard_body {
    bool present;
    bool has_length; /* else chunked */
    uint64_t length;
};

/* NULL when the request is fine, else what is wrong with it, for a 400. */
const char *guard_check(const struct guard_request *request, struct guard_body *body);

/* Whether the parts, which are slices of one buffer in which the parser put NULs for separators, account for every byte of
 * it up to end: nothing was folded, skipped, cut at a NUL or ended by a bare LF. libmicrohttpd 0.9 hides all four. One thing
 * can't be seen any more: a NUL right beside a line end, in place of its CR or LF, for all of it is NUL by now. */
bool guard_accounts_for_all(const struct guard_request *request, const char *end);

#endif
