/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_PRIVILEGE_H
#define HARK_BASE_PRIVILEGE_H

#include <stdbool.h>

/* What serves and stores never runs as root. Call these at start, while there is one thread. In both, user: who to step
 * down to; NULL: the first of hark, postgres that exists. Failures were logged in plain words. */

bool privilege_is_root(void);

/* Before privilege_drop: makes the folder, mode 0700, and gives it to the user. Where the user can't enter its path (below
 * /root, say), /var/lib/hark takes its place, and the log says so. A folder that belongs to somebody else is refused,
 * never taken. The path in use, which the caller frees; NULL on failure. */
char *privilege_prepare_folder(const char *user, const char *folder) __attribute__((warn_unused_result));

/* For good: groups, group, user and HOME are the user's, and there is no way back. */
bool privilege_drop(const char *user) __attribute__((warn_unused_result));

#endif
