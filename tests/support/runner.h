/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_RUNNER_H
#define HARK_TESTS_RUNNER_H

#include <check.h>

/* Each file <name>_test.c defines `Suite *<name>_suite(void)`; the Makefile collects those of a folder here with their names, NULL
 * last. */
typedef Suite *suite_fn(void);
extern suite_fn *const test_suites[];
extern const char *const test_suite_names[];

/* Runs all suites, several at a time, each by one of some processes (TEST_JOBS in the environment; else as many as there
 * are processors, and one for those that wait), and each test in a process of its own (CK_FORK=no in the environment: in
 * this one, for a debugger). Prints `N passed, N failed` last. The exit status of the program: not 0 when a test failed or
 * none ran. start: called in each of the processes before its first suite; NULL: nothing. With CK_RUN_SUITE, CK_RUN_CASE or
 * CK_FORK=no all is done in this process. */
int runner_run(void (*start)(void));

/* A suite of one case. */
Suite *runner_suite(const char *name, const TTest *const tests[], size_t count);
#define RUNNER_SUITE(name_, ...)                               \
    runner_suite((name_), (const TTest *const[]){__VA_ARGS__}, \
                 sizeof((const TTest *const[]){__VA_ARGS__}) / sizeof(const TTest *))

#endif
