/* SPDX-License-Identifier: MIT */
#include "support/runner.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Far more than any test takes, also under a sanitizer: it ends what hangs. */
enum { TEST_TIMEOUT_S = 60, JOBS_MAX = 16 };

/* What the processes share. */
struct progress {
    atomic_size_t next; /* the suite that nobody has taken */
    atomic_int run;
    atomic_int failed;
};

static int conclude(int run, int failed)
{
    printf("%d passed, %d failed\n", run - failed, failed);
    return failed == 0 && run > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run_here(void)
{
    SRunner *runner = srunner_create(NULL);
    for (size_t i = 0; test_suites[i] != NULL; i++)
        srunner_add_suite(runner, test_suites[i]());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    int run = srunner_ntests_run(runner);
    srunner_free(runner);
    return conclude(run, failed);
}

/* --- several at a time ----------------------------------------------------------------------------------------------- */

static size_t count_suites(void)
{
    size_t count = 0;
    while (test_suites[count] != NULL)
        count++;
    return count;
}

static int count_jobs(void)
{
    const char *asked = getenv("TEST_JOBS");
    const char *fork_mode = getenv("CK_FORK");
    if (getenv("CK_RUN_SUITE") != NULL || getenv("CK_RUN_CASE") != NULL ||
        (fork_mode != NULL && strcmp(fork_mode, "no") == 0))
        return 1;
    long jobs = asked != NULL ? strtol(asked, NULL, 10) : sysconf(_SC_NPROCESSORS_ONLN) + 1;
    return jobs < 1 ? 1 : jobs > JOBS_MAX ? JOBS_MAX : (int)jobs;
}

static double seconds_since(const struct timespec *started)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - started->tv_sec) + (double)(now.tv_nsec - started->tv_nsec) / 1e9;
}

/* All that is to say of a suite in one piece, for others print beside it. */
static void report(SRunner *runner, const char *name, double seconds)
{
    const char *verbosity = getenv("CK_VERBOSITY");
    bool is_verbose = verbosity != NULL && strcmp(verbosity, "verbose") == 0;
    printf("%s, %.1f s: ", name, seconds);
    srunner_print(runner, is_verbose ? CK_VERBOSE : CK_NORMAL);
    fflush(stdout);
}

static void run_suite(size_t i, struct progress *progress)
{
    struct timespec started;
    clock_gettime(CLOCK_MONOTONIC, &started);
    SRunner *runner = srunner_create(test_suites[i]());
    srunner_run_all(runner, CK_SILENT);
    atomic_fetch_add(&progress->run, srunner_ntests_run(runner));
    atomic_fetch_add(&progress->failed, srunner_ntests_failed(runner));
    report(runner, test_suite_names[i], seconds_since(&started));
    srunner_free(runner);
}

_Noreturn static void work(struct progress *progress, void (*start)(void))
{
    size_t count = count_suites();
    bool is_started = false;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    for (size_t i; (i = atomic_fetch_add(&progress->next, 1)) < count;) {
        if (!is_started && start != NULL)
            start();
        is_started = true;
        run_suite(i, progress);
    }
    exit(EXIT_SUCCESS);
}

/* A process that died took a suite with it: that is a failure more. */
static int wait_for_jobs(const pid_t jobs[], int count)
{
    int died = 0;
    for (int i = 0; i < count; i++) {
        int status = 0;
        while (waitpid(jobs[i], &status, 0) < 0 && errno == EINTR) {
        }
        died += WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS ? 0 : 1;
    }
    if (died > 0)
        printf("%d of the processes that run the suites died\n", died);
    return died;
}

int runner_run(void (*start)(void))
{
    pid_t started[JOBS_MAX];
    int jobs = count_jobs();
    if (jobs == 1) {
        if (start != NULL)
            start();
        return run_here();
    }
    struct progress *progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (progress == MAP_FAILED)
        return EXIT_FAILURE;
    fflush(stdout);
    for (int i = 0; i < jobs; i++) {
        started[i] = fork();
        if (started[i] == 0)
            work(progress, start);
        if (started[i] < 0)
            return EXIT_FAILURE;
    }
    int died = wait_for_jobs(started, jobs);
    return conclude(atomic_load(&progress->run) + died, atomic_load(&progress->failed) + died);
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
