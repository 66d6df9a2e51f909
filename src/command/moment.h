/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_MOMENT_H
#define HARK_COMMAND_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/* Times as commands take them. */

/* "90s", "30m", "24h", "90d": at most ten years. */
bool moment_parse_span(const char *text, int64_t *us);
/* "2026-11-22T10:00:00+01:00". */
bool moment_parse(const char *text, int64_t *us);
/* Either: a span is counted from now on. */
bool moment_parse_end(const char *text, int64_t now_us, int64_t *us);

#endif
