/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_SANDBOX_H
#define HARK_BASE_SANDBOX_H

#include <stdbool.h>

/* What a process that serves strangers gives up once it runs, so that whoever takes it over can do little with it. */

enum sandbox {
    SANDBOX_OFF,
    SANDBOX_ON,
    SANDBOX_REPORT /* for tests: the first system call that SANDBOX_ON would refuse is logged by name, and ends the process */
};

/* For all threads, and for good: no new privileges, no core dump, no debugger of the same user, and of the system calls only
 * those of an allow-list. Starting a program or a process, tracing, mounting and the like end the process at once; whatever
 * else is not listed fails as if the kernel lacked it (ENOSYS), which a C library newer than the list knows how to deal with.
 * Threads and programs must have been started. False: the kernel refuses, and the reason was logged. Sanitizers need far
 * more of the system: built with one, it does nothing. */
bool sandbox_enter(enum sandbox sandbox) __attribute__((warn_unused_result));

#endif
