/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_EXPORT_H
#define HARK_API_EXPORT_H

#include "base/status.h"
#include "storage/database.h"
#include "storage/directory.h"

#include <stdbool.h>
#include <stddef.h>

/* What one project holds as lines of JSON, oldest first, of one moment, in the memory of a page. */

enum export_kind { EXPORT_RESPONSES, EXPORT_EVENTS, EXPORT_SURVEYS };

/* False: the line can't be taken, and the export ends. */
typedef bool export_sink_fn(void *context, const char *line, size_t size);

struct export_options {
    enum export_kind kind;
    const char *project;
    /* Every row, or version of a survey, as the API shows it. Otherwise what counts (nothing of test keys, nothing excluded), as the
     * routes that it was posted to take it: posted again it makes the same numbers. */
    bool is_full;
    export_sink_fn *sink;
    void *context;
};

struct export_report {
    size_t lines;
    bool is_complete;
};

/* Reads on the session alone; the directory is brought up to the same moment. STATUS_NOT_FOUND: no such project. */
enum status export_run(struct connection *connection, struct directory *directory, const struct export_options *options,
                       struct export_report *report) __attribute__((warn_unused_result));

#endif
