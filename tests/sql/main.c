/* SPDX-License-Identifier: MIT */
#include "base/digest.h"
#include "support/database.h"
#include "support/runner.h"

#include <stdlib.h>

static void start_database(void)
{
    test_database_url();
}

int main(void)
{
    if (!digest_start())
        return EXIT_FAILURE;
    test_step_down();
    return runner_run(start_database);
}
