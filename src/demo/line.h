/* SPDX-License-Identifier: MIT */
#ifndef HARK_DEMO_LINE_H
#define HARK_DEMO_LINE_H

#include "base/buffer.h"
#include "visit.h"

/* Inside demo/ only: a visit as a client would post it, one JSON object a line. */

struct line_options {
    int64_t until_us; /* nothing happens after it */
    bool has_release;
};

/* Each appends what had happened by until_us, and returns how many lines. random: for ids, and whether there is a comment. */
size_t line_response(struct random *random, const struct visit *visit, const struct line_options *options,
                     struct buffer *lines);
size_t line_events(struct random *random, const struct visit *visit, const struct line_options *options,
                   struct buffer *lines);

#endif
