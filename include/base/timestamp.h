/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_TIMESTAMP_H
#define HARK_BASE_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TIMESTAMP_TEXT_SIZE = 28, QUARTER_SECONDS = 900 };

/* RFC 3339 with a zone, years 1970 to 9999: "2026-11-22T10:00:00.123+01:00". T and Z in either case; a space in
 * place of T is not taken. A leap second (23:59:60 UTC) is the next second. Digits past the microsecond are dropped.
 * size bytes, no NUL needed. Microseconds since 1970-01-01T00:00:00Z. */
bool timestamp_parse(const char *text, size_t size, int64_t *us) __attribute__((warn_unused_result));

/* "2026-11-22T09:00:00Z", with .123456 where the microseconds are not zero. Returns text. */
char *timestamp_format(int64_t us, char text[TIMESTAMP_TEXT_SIZE]);

/* The quarter of an hour that a moment falls in, counted from 1970: floor(us / 900 s). */
int32_t timestamp_quarter(int64_t us);
int64_t quarter_start_us(int32_t quarter);

#endif
