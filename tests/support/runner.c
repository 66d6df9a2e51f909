/* SPDX-License-Identifier: MIT */
#include "support/runner.h"

#include <stdio.h>
#include <stdlib.h>

/* Far more than any test takes, also under a sanitizer: it ends what hangs. */
enum { TEST_TIMEOUT_S = 60 };

int runner_run(void)
{
    SRunner *runner = srunner_create(NULL);
    for (size_t i = 0; test_suites[i] != NULL; i++)
        srunner_add_suite(runner, test_suites[i]());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    int run = srunner_ntests_run(runner);
    srunner_free(runner);
    printf("%d passed, %d failed\n", run - failed, failed);
    return failed == 0 && run > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

Suite *runner_suite(const char *name, const TTest *const tests[], size_t count)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, TEST_TIMEOUT_S);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    return suite;
}
