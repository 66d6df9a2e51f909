/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_SERVE_H
#define HARK_TESTS_SERVE_H

#include "base/scope.h"
#include "support/hark.h"

#include <stdbool.h>

/* A running `hark serve`, with a private PostgreSQL in a folder of its own, on a free port, with the project "default".
 * Whatever fails here is said on stderr and ends the test. Those that a test doesn't stop are stopped at its end. */
struct serve;

struct serve_options {
    const char *folder;          /* as serve_folder of an earlier one: the same data again; NULL: a new one */
    const char *const *settings; /* more "HARK_NAME=value", NULL last; NULL: none */
};

/* Makes the data folder that later ones without a folder of their own begin with, as a first start leaves it: the test
 * program's main calls it once. Without it each of them is a first start. */
void serve_make_model(void);
/* options may be NULL. Returns when it is ready. */
struct serve *serve_start(const struct serve_options *options);
/* One that all suites of a process share: it is called there before the tests fork. It runs with default settings, and
 * stops with the process. */
struct serve *serve_shared(void);

/* "127.0.0.1:41234", and with http:// before it. */
const char *serve_address(const struct serve *serve);
const char *serve_url(const struct serve *serve);
int serve_port(const struct serve *serve);
pid_t serve_process(const struct serve *serve);
/* Of this test: holds data/ (HARK_DATA_DIR), serve.log (stderr) and serve.out. */
const char *serve_folder(const struct serve *serve);
/* What it has logged so far. The caller frees it. */
char *serve_log(const struct serve *serve);

/* A key of the project "default". */
const char *serve_key(struct serve *serve, enum scope scope);
/* "Authorization: Bearer …\r\n" with it, as http_client takes headers. */
const char *serve_authorization(struct serve *serve, enum scope scope);

/* A command beside it, on its data. */
struct hark_result serve_command(const struct serve *serve, const char *const arguments[]);
/* A project of its own for one test, since tests share rows otherwise. more: further options of `project create`, NULL
 * last; NULL: none. name: 40 bytes. */
void serve_project_new(const struct serve *serve, const char *const more[], char *name);
/* The caller frees it. */
char *serve_key_new(const struct serve *serve, const char *project, enum scope scope, bool is_test);

/* SIGTERM, and waits: its exit status. The folder goes too, unless options named it. */
int serve_stop(struct serve *serve);
/* The same, for a test that has sent the signal itself. -1: it was ended by one. */
int serve_wait(struct serve *serve);
/* SIGKILL: PostgreSQL is stopped by its supervisor a little later. The folder stays: start another one in it. */
void serve_kill(struct serve *serve);
/* The process that watches over PostgreSQL; PostgreSQL's own. 0: not there. */
pid_t serve_supervisor(const struct serve *serve);
pid_t serve_postgres(const char *folder);

#endif
