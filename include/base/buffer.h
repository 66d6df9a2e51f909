/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_BUFFER_H
#define HARK_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A growing run of bytes on the heap. A failed append sets `failed` and later appends do nothing, so that a
 * writer checks once, at the end. `data` always ends in a NUL that `size` doesn't count (NULL while empty). */
struct buffer {
    char *data;
    size_t size;
    size_t capacity;
    bool failed;
};

void buffer_init(struct buffer *buffer);
void buffer_clear(struct buffer *buffer); /* frees; the buffer may be used again */
void buffer_reset(struct buffer *buffer); /* empties, keeps the memory */

void buffer_append(struct buffer *buffer, const void *bytes, size_t size);
void buffer_string(struct buffer *buffer, const char *string);
void buffer_integer(struct buffer *buffer, int64_t value);
void buffer_format(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A JSON string with its quotes: control characters escaped, UTF-8 kept; bytes that are not UTF-8 become U+FFFD. */
void buffer_json_string(struct buffer *buffer, const char *string, size_t size);
/* A JSON number that reads back as the same double; null for NaN and infinity. */
void buffer_json_double(struct buffer *buffer, double value);
/* Gives the bytes away (the caller frees them) and empties the buffer. NULL when it failed or is empty. */
char *buffer_take(struct buffer *buffer, size_t *size) __attribute__((warn_unused_result));

#endif
