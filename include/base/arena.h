/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_ARENA_H
#define HARK_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Memory with one lifetime: many small allocations, one free. Not thread-safe; one owner at a time. */
struct arena;

/* NULL when memory is out. limit: most bytes that it may take from the system (0: no limit). */
struct arena *arena_new(size_t limit) __attribute__((warn_unused_result));
void arena_free(struct arena *arena);

/* Aligned for any type, zeroed. NULL when memory or the arena's limit is out. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((warn_unused_result));
/* An array of count items; NULL also where count * size overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((warn_unused_result));

/* Copies that end in a NUL of their own. NULL when memory is out. */
char *arena_copy(struct arena *arena, const void *bytes, size_t size) __attribute__((warn_unused_result));
char *arena_string(struct arena *arena, const char *string) __attribute__((warn_unused_result));
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), warn_unused_result));

/* Whether it has ever had to refuse: then what was made in it may lack a part. */
bool arena_has_failed(const struct arena *arena);

/* Bytes taken from the system so far. */
size_t arena_size(const struct arena *arena);

#endif
