/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_RATE_H
#define HARK_BASE_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many in a window of time. */
struct rate {
    int32_t count;     /* 0: no limit */
    int32_t window_ms; /* at least 1; of a rate that was read, whole seconds */
};

enum { RATE_COUNT_MAX = 1000000, RATE_TEXT_SIZE = 32 };

/* "100/s", "2000/10s", "60/m", "1000/h", or "off". False: none of them, or beyond RATE_COUNT_MAX or a day. */
bool rate_parse(const char *text, struct rate *rate);
/* Reads back as the same. Returns text. */
char *rate_format(const struct rate *rate, char text[RATE_TEXT_SIZE]);

#endif
