/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_PARAMETER_H
#define HARK_API_PARAMETER_H

#include "base/id.h"
#include "base/text.h"
#include "http/request.h"
#include "storage/directory.h"
#include "storage/time_zone.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Query parameters as a table: they are parsed, or refused with every fault named, before a handler runs. */
enum parameter_type {
    PARAMETER_INTEGER,   /* within min and max */
    PARAMETER_NUMBER,    /* decimal, within min and max */
    PARAMETER_TIME,      /* RFC 3339 */
    PARAMETER_QUARTER,   /* RFC 3339, on a quarter of an hour */
    PARAMETER_CHOICE,    /* one of the words in choices */
    PARAMETER_CHOICES,   /* several of them, comma-separated or repeated, each once */
    PARAMETER_BOOLEAN,   /* true or false */
    PARAMETER_TEXT,      /* UTF-8 without control characters, min to max characters */
    PARAMETER_WORDS,     /* names, comma-separated or repeated: the handler knows which */
    PARAMETER_TIME_ZONE, /* a name that PostgreSQL lists */
    PARAMETER_CURSOR,    /* an opaque token of ours, unsealed by the handler */
    PARAMETER_ID,
    PARAMETER_DIMENSIONS /* stands for one filter a dimension, named by it, repeatable; "" is a missing value */
};

struct parameter {
    const char *name;
    enum parameter_type type;
    int64_t min;
    int64_t max;
    const char *const *choices; /* ends with NULL */
};

enum { PARAMETER_LIST_MAX = 64 };

/* One parsed value. is_set false: not given. */
struct parameter_value {
    bool is_set;
    int64_t integer; /* INTEGER, TIME (us), BOOLEAN (0/1), CHOICE (index), CHOICES (bit mask), QUARTER */
    double number;   /* NUMBER */
    struct text text;
    struct id id;
    const char *words[PARAMETER_LIST_MAX]; /* WORDS */
    size_t word_count;
    struct text *filters[DIMENSION_COUNT]; /* DIMENSIONS; an absent text stands for the missing value */
    size_t filter_counts[DIMENSION_COUNT];
};

/* Parses the query of a request by its route's table. NULL, with the problem set as reply, when anything is wrong:
 * unknown names too, a name given twice that isn't a list, and memory that ran out. The values stand in the table's order. project: for names of declared
 * dimensions (NULL: for a key of an organization only built-in ones are known). */
const struct parameter_value *parameters_parse(struct request *request, const struct time_zones *zones,
                                               const struct project *project);

/* In handlers: the i-th parameter of the route's table. */
const struct parameter_value *request_parameter(const struct request *request, size_t i);

/* Opaque cursors: a sealed (time, id) pair. `list` keeps the cursors of different lists apart. Text is in the arena. */
const char *cursor_seal(struct arena *arena, const char *list, int64_t us, const struct id *id);
bool cursor_open(struct text text, const char *list, int64_t *us, struct id *id) __attribute__((warn_unused_result));
/* The same of a list that is ordered by a key of at most CURSOR_KEY_MAX bytes; opened into the arena. NULL: not one of this
 * list's. */
enum { CURSOR_KEY_MAX = 256 };
const char *cursor_seal_key(struct arena *arena, const char *list, const char *key);
const char *cursor_open_key(struct arena *arena, struct text text, const char *list);

#endif
