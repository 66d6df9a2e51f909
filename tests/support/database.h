/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_DATABASE_H
#define HARK_TESTS_DATABASE_H

/* PostgreSQL refuses to run as root: the whole test program steps down. Call first in main; nothing to do for an ordinary
 * user. The current folder stays, so that relative paths below it still work, also where its parents are closed. */
void test_step_down(void);

/* The connection string of ONE private PostgreSQL for this test program, started at first use and stopped, with its
 * folder removed, when the program ends. Call it once in main, before the tests fork: they share it. Empty at first: whoever
 * needs the schema applies the migrations. */
const char *test_database_url(void);

#endif
