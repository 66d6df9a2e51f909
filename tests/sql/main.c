/* SPDX-License-Identifier: MIT */
#include "base/digest.h"
#include "support/database.h"
#include "support/runner.h"

#include <stdlib.h>

int main(void)
{
    if (!digest_start())
        return EXIT_FAILURE;
    test_step_down();
    test_database_url();
    return runner_run();
}
