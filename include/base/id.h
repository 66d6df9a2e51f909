/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_ID_H
#define HARK_BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ID_SIZE = 16, ID_TEXT_SIZE = 37 };

struct id {
    uint8_t bytes[ID_SIZE];
};

/* A new UUID version 7 (RFC 9562): ascending within a thread, random in its last 62 bits. */
struct id id_new(void);
/* 36 characters in the standard form, either case; anything else, and the nil UUID, is refused. */
bool id_parse(const char *text, size_t size, struct id *id) __attribute__((warn_unused_result));
/* Lower case. Returns text. */
char *id_format(const struct id *id, char text[ID_TEXT_SIZE]);
int id_compare(const struct id *a, const struct id *b);
/* A UUID version 8 (RFC 9562 section 5.8) over the first 16 of 32 digest bytes. */
struct id id_from_digest(const uint8_t digest[32]);

#endif
