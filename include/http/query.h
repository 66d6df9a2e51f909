/* SPDX-License-Identifier: MIT */
#ifndef HARK_HTTP_QUERY_H
#define HARK_HTTP_QUERY_H

#include "base/arena.h"
#include "base/text.h"
#include "http/request.h"

enum { QUERY_PAIRS_MAX = 100 };

struct query {
    struct query_pair *pairs;
    size_t count;
};

/* Decodes "a=1&b=%20x". NULL when all is well; else what is wrong, of the parameter in name (still encoded, may be cut).
 * Empty pieces ("&&") are skipped. Strings live in the arena. */
const char *query_parse(struct arena *arena, const char *text, struct query *query, struct text *name);

/* Percent-decodes one piece into the arena. NULL and *wrong: a bad escape, a NUL or bytes that are not UTF-8. */
const char *query_decode(struct arena *arena, struct text piece, bool plus_is_space, const char **wrong);

#endif
