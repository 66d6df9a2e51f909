/* SPDX-License-Identifier: MIT */
#include "base/digest.h"
#include "support/database.h"
#include "support/runner.h"
#include "support/serve.h"

#include <stdlib.h>

static void start_shared(void)
{
    serve_shared();
}

int main(void)
{
    if (!digest_start())
        return EXIT_FAILURE;
    test_step_down();
    serve_make_model();
    return runner_run(start_shared);
}
