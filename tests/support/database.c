/* SPDX-License-Identifier: MIT */
#include "support/database.h"

#include "base/privilege.h"
#include "storage/cluster.h"
#include "support/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

static struct cluster *cluster;
static char folder[TEST_FOLDER_SIZE];
static char *url;
static pid_t owner;

void test_step_down(void)
{
    if (!privilege_is_root())
        return;
    if (!privilege_drop(NULL))
        exit(EXIT_FAILURE);
    /* Leak detection reads this process as a debugger does, which a change of user forbids. */
    prctl(PR_SET_DUMPABLE, 1);
}

/* Forked tests run it too: only the program that started PostgreSQL stops it. */
static void stop(void)
{
    if (getpid() != owner)
        return;
    cluster_close(cluster);
    test_folder_remove(folder);
    free(url);
}

const char *test_database_url(void)
{
    if (url != NULL)
        return url;
    test_folder_new(folder);
    if (cluster_open(folder, &cluster) != STATUS_OK || (url = cluster_url(folder)) == NULL) {
        fputs("cannot start a PostgreSQL for the tests\n", stderr);
        exit(EXIT_FAILURE);
    }
    owner = getpid();
    atexit(stop);
    return url;
}
