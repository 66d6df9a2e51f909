/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_DEMO_FILL_H
#define HARK_COMMAND_DEMO_FILL_H

#include "base/status.h"
#include "demo/demo.h"
#include "quickstart.h"
#include "session.h"

#include <stddef.h>
#include <stdint.h>

struct demo_filled {
    size_t responses;
    size_t events;
    int64_t counted; /* responses, from the rows */
    int64_t differences;
};

/* Makes the project's keys, posts the year to a service of its own, and leaves the database as one that has taken it in as
 * time went by: days copied, counters compared with the rows. options->has_release is found out here. project: borrowed by
 * keys. STATUS_INVALID: a reason was logged. */
enum status demo_fill(struct session *session, const char *project, const struct demo_options *options,
                      struct quickstart *keys, struct demo_filled *filled) __attribute__((warn_unused_result));

#endif
