/* SPDX-License-Identifier: MIT */
#include "commands.h"
#include "session.h"

#include <stdio.h>
#include <stdlib.h>

int migrate_run(const struct options *options)
{
    struct session session;
    (void)options;
    int exit_status = session_open(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    if (session.migrations == 0)
        printf("The schema is up to date.\n");
    else
        printf("Applied %d %s.\n", session.migrations, session.migrations == 1 ? "migration" : "migrations");
    session_close(&session);
    return EXIT_SUCCESS;
}
