/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_PUBLISH_H
#define HARK_API_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inside api/ only: which of the parts of a published whole are hidden, by their numbers of answers. Those of fewer than
 * min_n are; and where any is, so many of the next smallest that the whole less what is shown is still of two parts, and of
 * min_n answers. Parts without answers have nothing to hide. */
void publish_hide(const int64_t *n, size_t count, int64_t min_n, bool *hidden);

/* Whether a number that nothing is subtracted from is hidden. */
bool publish_is_hidden(int64_t n, int64_t min_n);

#endif
