/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_CLUSTER_PROGRAM_H
#define HARK_STORAGE_CLUSTER_PROGRAM_H

#include "base/buffer.h"

#include <stdbool.h>

/* PostgreSQL's own programs. They run with a small environment, so that no PG* variable of ours reaches them. */

/* Runs argv (an absolute path, or a name that PATH finds), feeds it input (may be NULL), and waits. Its stdout and
 * stderr are added to output. True when it exited with 0. Call while there is one thread. */
bool program_run(const char *const argv[], const char *input, struct buffer *output)
    __attribute__((warn_unused_result));

/* In a forked child: default signals, none blocked, then exec. Returns only on failure. */
void program_exec(const char *const argv[]);

/* The folder of a PostgreSQL server's programs, of this major version; of 15 or newer where wanted_major is 0. The caller
 * frees it; NULL, with the reason logged, when there is none. *major: the version found. */
char *program_find_postgres(int wanted_major, int *major) __attribute__((warn_unused_result));

#endif
