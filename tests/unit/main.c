/* SPDX-License-Identifier: MIT */
#include "base/digest.h"
#include "support/runner.h"

#include <stdlib.h>

int main(void)
{
    return digest_start() ? runner_run(NULL) : EXIT_FAILURE;
}
