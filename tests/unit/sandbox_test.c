/* SPDX-License-Identifier: MIT */
#include "base/sandbox.h"

#include "base/log.h"
#include "support/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef void act_fn(void);

/* Sanitized programs are not confined. */
static bool is_confined(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;
#else
    return true;
#endif
}

/* How a process ends that does this in a sandbox: as waitpid tells. */
static int end_of(enum sandbox sandbox, act_fn *act)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        log_set_level(LOG_LEVEL_ERROR);
        if (!sandbox_enter(sandbox))
            _exit(99);
        act();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return status;
}

static void expect(bool is_true, int mark)
{
    if (!is_true)
        _exit(mark);
}

static void do_what_servers_do(void)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int file = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    void *memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    expect(listener >= 0, 1);
    expect(file >= 0, 2);
    expect(memory != MAP_FAILED && munmap(memory, 1 << 20) == 0, 3);
    free(malloc(10 << 20));
    expect(kill(getpid(), 0) == 0, 4);
}

static void open_a_raw_socket(void)
{
    expect(socket(AF_PACKET, SOCK_RAW, 0) < 0 && errno == ENOSYS, 1);
    expect(socket(AF_INET, SOCK_STREAM, 0) >= 0, 2);
}

static void make_code(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    expect(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED, 1);
    expect(mprotect(memory, 4096, PROT_READ | PROT_EXEC) != 0, 2);
}

static void change_files(void)
{
    expect(unlink("/tmp/there-is-no-such-file") != 0 && errno == ENOSYS, 1);
    expect(chmod("/tmp", 0777) != 0 && errno == ENOSYS, 2);
    expect(listen(0, 1) != 0 && errno == ENOSYS, 3);
}

static void run_a_program(void)
{
    execl("/bin/true", "true", (char *)NULL);
}

static void become_another(void)
{
    expect(setuid(getuid()) == 0, 1);
}

static void look_at_itself(void)
{
    struct rlimit core;
    expect(prctl(PR_SET_NAME, "renamed") == 0, 1);
    expect(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0, 2);
    expect(prctl(PR_GET_DUMPABLE) != 1, 3); /* refused, even */
}

START_TEST(server_can_go_on)
{
    ck_assert_int_eq(end_of(SANDBOX_ON, do_what_servers_do), 0);
    ck_assert_int_eq(end_of(SANDBOX_REPORT, do_what_servers_do), 0);
    ck_assert_int_eq(end_of(SANDBOX_OFF, do_what_servers_do), 0);
}
END_TEST

START_TEST(what_a_server_never_needs_fails)
{
    if (!is_confined())
        return;
    ck_assert_int_eq(end_of(SANDBOX_ON, open_a_raw_socket), 0);
    ck_assert_int_eq(end_of(SANDBOX_ON, make_code), 0);
    ck_assert_int_eq(end_of(SANDBOX_ON, change_files), 0);
    ck_assert_int_ne(end_of(SANDBOX_OFF, change_files), 0);
}
END_TEST

START_TEST(program_or_another_identity_is_the_end)
{
    if (!is_confined())
        return;
    int status = end_of(SANDBOX_ON, run_a_program);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
    status = end_of(SANDBOX_ON, become_another);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
    ck_assert_int_eq(end_of(SANDBOX_OFF, run_a_program), 0);
}
END_TEST

START_TEST(memory_is_in_no_core_dump)
{
    if (is_confined())
        ck_assert_int_eq(end_of(SANDBOX_ON, look_at_itself), 0);
}
END_TEST

START_TEST(report_ends_at_the_first_call_that_is_not_allowed)
{
    if (!is_confined())
        return;
    int status = end_of(SANDBOX_REPORT, open_a_raw_socket);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILURE);
}
END_TEST

static void *try_raw_socket(void *started)
{
    pthread_barrier_wait(started); /* it runs already when the sandbox is entered ... */
    pthread_barrier_wait(started); /* ... and then goes on */
    expect(socket(AF_PACKET, SOCK_RAW, 0) < 0 && errno == ENOSYS, 1);
    return NULL;
}

START_TEST(threads_that_run_already_are_confined_too)
{
    pthread_barrier_t barrier;
    pthread_t thread;
    int status;
    if (!is_confined())
        return;
    pid_t child = fork();
    if (child == 0) {
        pthread_barrier_init(&barrier, NULL, 2);
        expect(pthread_create(&thread, NULL, try_raw_socket, &barrier) == 0, 2);
        pthread_barrier_wait(&barrier);
        expect(sandbox_enter(SANDBOX_ON), 3);
        pthread_barrier_wait(&barrier);
        pthread_join(thread, NULL);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

/* Tagged, for Memcheck takes no filter of system calls: `make valgrind` leaves it out. */
Suite *sandbox_suite(void)
{
    Suite *suite = suite_create("sandbox");
    TCase *tests = tcase_create("sandbox");
    tcase_set_tags(tests, "seccomp");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, server_can_go_on);
    tcase_add_test(tests, what_a_server_never_needs_fails);
    tcase_add_test(tests, program_or_another_identity_is_the_end);
    tcase_add_test(tests, memory_is_in_no_core_dump);
    tcase_add_test(tests, report_ends_at_the_first_call_that_is_not_allowed);
    tcase_add_test(tests, threads_that_run_already_are_confined_too);
    suite_add_tcase(suite, tests);
    return suite;
}
