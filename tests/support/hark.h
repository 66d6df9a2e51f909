/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_HARK_H
#define HARK_TESTS_HARK_H

#include <sys/types.h>

/* The binary under test: TEST_HARK in the environment, or build/hark. It sees no HARK_* variable but those in settings:
 * "NAME=value" strings, NULL last; NULL: none. arguments: without the program's name, NULL last. */

struct hark_result {
    int status; /* its exit status; -1: a signal ended it */
    char *output;
    char *errors;
};

#define HARK_WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Starts it; its stdout and stderr go to descriptors, which stay the caller's. */
pid_t hark_start(const char *const arguments[], const char *const settings[], int output, int errors);
/* Waits for its end. As in hark_result. */
int hark_wait(pid_t process);
/* Runs it to its end. Clear the result. */
struct hark_result hark_run(const char *const arguments[], const char *const settings[]);
void hark_result_clear(struct hark_result *result);

#endif
