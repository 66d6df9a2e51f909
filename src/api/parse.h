/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_PARSE_H
#define HARK_API_PARSE_H

#include "base/text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inside api/ only: JSON from strangers. */

enum { PARSE_OBJECT_BYTES = 64 * 1024, PARSE_DEPTH = 16, PARSE_FAULT_SIZE = 256 };

/* Once, before threads start: jansson chooses the seed of its hash tables here rather than in the midst of two requests. */
void parse_start(void);

/* One object of at most PARSE_OBJECT_BYTES, no deeper than PARSE_DEPTH; no duplicate keys, no U+0000, no number beyond a double. NULL with
 * a sentence in fault otherwise. The caller lets go with json_decref. */
json_t *parse_object(struct text text, char fault[PARSE_FAULT_SIZE]);

/* 9.0 is the integer 9, as in JSON Schema: some languages write every number with a point. False: another value, or not from
 * min to max. */
bool parse_integer(const json_t *value, int64_t min, int64_t max, int64_t *integer);

/* Walks the elements of an array without building a tree of it (a tree takes ten to eighty times the text). */
struct parse_elements {
    struct text text;
    size_t offset;
    bool is_started;
};
enum parse_step { PARSE_ELEMENT, PARSE_END, PARSE_BROKEN };
/* The next element's text; its inside is checked when it is loaded. PARSE_BROKEN: not an array, or its brackets, commas and
 * quotes don't match. */
enum parse_step parse_next(struct parse_elements *elements, struct text *element);
/* How many there are. False: parse_next would meet PARSE_BROKEN. */
bool parse_count(struct text text, size_t *count);
bool parse_is_array(struct text text);
bool parse_is_blank(struct text text);

/* Whether jansson lacked memory on this thread since its last parse_object began: it doesn't tell that from a fault in the text. */
bool parse_lacked_memory(void);

#endif
