/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_TENANT_H
#define HARK_TESTS_TENANT_H

#include "storage/database.h"

#include <stdint.h>

/* A project of its own for one test: tests share a database and never see each other's rows. */
struct tenant {
    struct connection *connection;
    int32_t project_id;
    int32_t key_id;
    char name[40];
};

/* Migrates the test database where that is due, and makes a project in the zone (NULL: UTC) with the declared dimensions "release" and
 * "store" and one write key. */
void tenant_open(struct tenant *tenant, const char *time_zone);
void tenant_close(struct tenant *tenant);
const struct database_options *tenant_database(void);

/* For what a test wants to see in the tables: the first column of the first row as a number; the SQL may use %d once for the
 * project. Dies on an error. */
int64_t tenant_number(const struct tenant *tenant, const char *sql);
/* Runs SQL for its effect. */
void tenant_execute(const struct tenant *tenant, const char *sql);

#endif
