/* SPDX-License-Identifier: MIT */
#include "storage/cluster.h"

#include "base/clock.h"
#include "base/log.h"
#include "support/folder.h"
#include "support/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* One set of data for all tests, made before the first. The scratch folder is each test's own. */
static char shared[TEST_FOLDER_SIZE];
static char scratch[TEST_FOLDER_SIZE];

enum { PATIENCE_S = 20 };

static struct cluster *open_in(const char *folder)
{
    struct cluster *cluster = NULL;
    ck_assert_int_eq(cluster_open(folder, &cluster), STATUS_OK);
    return cluster;
}

/* The first value of the first row. The caller frees it; NULL: no connection, or an error. */
static char *ask_as(const char *folder, const char *more, const char *sql)
{
    char url[512];
    char *base = cluster_url(folder);
    snprintf(url, sizeof url, "%s %s", base, more);
    free(base);
    PGconn *connection = PQconnectdb(url);
    PGresult *result = PQexec(connection, sql);
    char *value = NULL;
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0)
        value = strdup(PQgetvalue(result, 0, 0));
    else if (PQresultStatus(result) == PGRES_COMMAND_OK)
        value = strdup("");
    PQclear(result);
    PQfinish(connection);
    return value;
}

static void assert_answers(const char *folder, const char *sql, const char *expected)
{
    char *value = ask_as(folder, "", sql);
    ck_assert_msg(value != NULL && strcmp(value, expected) == 0, "%s: %s", sql, value == NULL ? "failed" : value);
    free(value);
}

static char *path_in(const char *folder, const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* The start of a file as a string; empty when it isn't there. */
static void read_file(const char *path, char *text, size_t capacity)
{
    FILE *file = fopen(path, "r");
    text[0] = '\0';
    if (file == NULL)
        return;
    text[fread(text, 1, capacity - 1, file)] = '\0';
    fclose(file);
}

static pid_t postmaster_of(const char *folder)
{
    char text[4096];
    read_file(path_in(folder, "postgres/postmaster.pid"), text, sizeof text);
    return (pid_t)strtol(text, NULL, 10);
}

/* What follows the name in /proc/<process>/stat: " S 1 ...", the state and the parent; empty when it is gone. */
static const char *stat_of(pid_t process)
{
    static char text[512];
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
    read_file(path, text, sizeof text);
    const char *name_end = strrchr(text, ')');
    return name_end == NULL ? "" : name_end + 1;
}

/* Zombies count as gone: nobody may be there to reap them. */
static bool is_running(pid_t process)
{
    const char *stat = stat_of(process);
    return *stat != '\0' && stat[1] != 'Z' && stat[1] != 'X';
}

static void pause_briefly(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
}

static void wait_for_end(pid_t process)
{
    int64_t deadline = clock_monotonic_us() + PATIENCE_S * INT64_C(1000000);
    while (is_running(process) && clock_monotonic_us() < deadline)
        pause_briefly();
    ck_assert_msg(!is_running(process), "process %d still runs", (int)process);
}

static void wait_for_answer(const char *folder)
{
    int64_t deadline = clock_monotonic_us() + PATIENCE_S * INT64_C(1000000);
    char *value = ask_as(folder, "", "SELECT 1");
    while (value == NULL && clock_monotonic_us() < deadline) {
        pause_briefly();
        value = ask_as(folder, "", "SELECT 1");
    }
    ck_assert_ptr_nonnull(value);
    free(value);
}

/* The parent of the postmaster that was started by this process's supervisor. */
static pid_t parent_of(pid_t process)
{
    const char *stat = stat_of(process);
    ck_assert_str_ne(stat, "");
    return (pid_t)strtol(stat + 3, NULL, 10);
}

/* Another process, with a process group of its own, opens the cluster and then does nothing. Returns when PostgreSQL runs.
 * has_child: a child of it holds all that it holds. */
static pid_t fork_owner_family(const char *folder, bool has_child)
{
    int ready[2];
    char byte = 0;
    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    pid_t owner = fork();
    if (owner == 0) {
        struct cluster *cluster;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setpgid(0, 0);
        signal(SIGINT, SIG_IGN);
        byte = cluster_open(folder, &cluster) == STATUS_OK ? 1 : 0;
        if (has_child && fork() == 0) {
            alarm(3 * PATIENCE_S); /* a failed test leaves nobody behind */
            pause();
        }
        if (write(ready[1], &byte, 1) == 1)
            pause();
        _exit(1);
    }
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    ck_assert_int_eq(byte, 1);
    close(ready[0]);
    return owner;
}

static pid_t fork_owner(const char *folder)
{
    return fork_owner_family(folder, false);
}

static void kill_and_reap(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static void assert_file_holds(const char *path, const char *expected)
{
    char text[64];
    read_file(path, text, sizeof text);
    ck_assert_str_eq(text, expected);
}

START_TEST(role_owns_the_database_and_is_no_superuser)
{
    struct cluster *cluster = open_in(shared);
    assert_answers(shared, "SELECT current_user", "hark");
    assert_answers(shared,
                   "SELECT concat(rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls) "
                   "FROM pg_roles WHERE rolname = current_user",
                   "fffff");
    assert_answers(shared, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()",
                   "hark");
    assert_answers(shared, "CREATE SCHEMA made_by_role", "");
    assert_answers(shared, "DROP SCHEMA made_by_role", "");
    cluster_close(cluster);
}
END_TEST

START_TEST(nobody_else_is_let_in)
{
    struct cluster *cluster = open_in(shared);
    ck_assert_ptr_null(ask_as(shared, "user=postgres", "SELECT 1"));
    ck_assert_ptr_null(ask_as(shared, "dbname=postgres", "SELECT 1"));
    ck_assert_ptr_null(ask_as(shared, "dbname=template1 user=postgres", "SELECT 1"));
    cluster_close(cluster);
}
END_TEST

START_TEST(what_is_acknowledged_is_on_disk_and_checked)
{
    struct cluster *cluster = open_in(shared);
    assert_answers(shared, "SHOW fsync", "on");
    assert_answers(shared, "SHOW full_page_writes", "on");
    assert_answers(shared, "SHOW synchronous_commit", "on");
    assert_answers(shared, "SHOW data_checksums", "on");
    assert_answers(shared, "SHOW server_encoding", "UTF8");
    assert_answers(shared, "SELECT upper('é')", "É");
    cluster_close(cluster);
}
END_TEST

START_TEST(no_tcp_port_is_open_and_the_folders_are_private)
{
    struct stat found;
    struct cluster *cluster = open_in(shared);
    assert_answers(shared, "SHOW listen_addresses", "");
    ck_assert_int_eq(stat(path_in(shared, "run"), &found), 0);
    ck_assert_uint_eq(found.st_mode & 0777, 0700);
    ck_assert_int_eq(stat(path_in(shared, "postgres"), &found), 0);
    ck_assert_uint_eq(found.st_mode & 0777, 0700);
    cluster_close(cluster);
}
END_TEST

START_TEST(close_leaves_no_process_and_no_owner)
{
    struct cluster *cluster = open_in(shared);
    pid_t postmaster = postmaster_of(shared);
    pid_t supervisor = parent_of(postmaster);
    ck_assert(cluster_is_owned(shared));
    cluster_close(cluster);
    ck_assert(!is_running(postmaster));
    ck_assert(!is_running(supervisor));
    ck_assert(!cluster_is_owned(shared));
    ck_assert_int_eq(postmaster_of(shared), 0);
}
END_TEST

START_TEST(second_owner_is_refused_and_may_use_the_first_ones)
{
    struct cluster *second;
    pid_t owner = fork_owner(shared);
    ck_assert_int_eq(cluster_open(shared, &second), STATUS_CONFLICT);
    ck_assert(cluster_is_owned(shared));
    assert_answers(shared, "SELECT 1", "1");
    kill_and_reap(owner);
}
END_TEST

START_TEST(killed_postgres_is_started_again_with_its_data)
{
    struct cluster *cluster = open_in(shared);
    assert_answers(shared, "CREATE TABLE kept (n) AS SELECT 42", "");
    pid_t postmaster = postmaster_of(shared);
    kill(postmaster, SIGKILL);
    wait_for_end(postmaster);
    wait_for_answer(shared);
    ck_assert_int_ne(postmaster_of(shared), postmaster);
    assert_answers(shared, "SELECT n FROM kept", "42");
    assert_answers(shared, "DROP TABLE kept", "");
    cluster_close(cluster);
}
END_TEST

/* As with a full disk: longer than a start-up would be tried. */
START_TEST(postgres_that_was_up_is_tried_until_it_can_start_again)
{
    char settings[PATH_MAX];
    char aside[PATH_MAX + 8];
    struct cluster *cluster = open_in(shared);
    snprintf(settings, sizeof settings, "%s", path_in(shared, "postgres/postgresql.conf"));
    snprintf(aside, sizeof aside, "%s.aside", settings);
    ck_assert_int_eq(rename(settings, aside), 0);
    kill(postmaster_of(shared), SIGKILL);
    sleep(8);
    ck_assert_ptr_null(ask_as(shared, "", "SELECT 1"));
    ck_assert_int_eq(rename(aside, settings), 0);
    wait_for_answer(shared);
    cluster_close(cluster);
}
END_TEST

START_TEST(postgres_that_outlived_its_supervisor_is_taken_over)
{
    pid_t owner = fork_owner(shared);
    pid_t postmaster = postmaster_of(shared);
    kill(parent_of(postmaster), SIGKILL);
    kill_and_reap(owner);
    ck_assert(is_running(postmaster));
    struct cluster *cluster = open_in(shared);
    ck_assert_int_eq(postmaster_of(shared), postmaster);
    assert_answers(shared, "SELECT 1", "1");
    kill(postmaster, SIGKILL); /* and it is watched as well as a child */
    wait_for_end(postmaster);
    wait_for_answer(shared);
    cluster_close(cluster);
    ck_assert_int_eq(postmaster_of(shared), 0);
}
END_TEST

START_TEST(close_stops_what_a_killed_supervisor_left)
{
    struct cluster *cluster = open_in(shared);
    pid_t postmaster = postmaster_of(shared);
    kill(parent_of(postmaster), SIGKILL);
    assert_answers(shared, "SELECT 1", "1");
    cluster_close(cluster);
    ck_assert(!is_running(postmaster));
}
END_TEST

START_TEST(postgres_stops_in_order_when_its_owner_dies)
{
    pid_t owner = fork_owner(shared);
    pid_t postmaster = postmaster_of(shared);
    kill_and_reap(owner);
    wait_for_end(postmaster);
    struct cluster *cluster = open_in(shared);
    assert_answers(shared, "SELECT 1", "1");
    cluster_close(cluster);
}
END_TEST

START_TEST(postgres_stops_with_its_owner_although_a_child_of_it_lives_on)
{
    pid_t owner = fork_owner_family(shared, true);
    pid_t postmaster = postmaster_of(shared);
    kill_and_reap(owner);
    int64_t deadline = clock_monotonic_us() + PATIENCE_S * INT64_C(1000000);
    while (is_running(postmaster) && clock_monotonic_us() < deadline)
        pause_briefly();
    bool has_ended = !is_running(postmaster);
    kill(-owner, SIGKILL); /* the child, first of all */
    ck_assert(has_ended);
}
END_TEST

START_TEST(open_right_after_the_owner_died_waits_its_turn)
{
    kill_and_reap(fork_owner(shared));
    struct cluster *cluster = open_in(shared);
    assert_answers(shared, "SELECT 1", "1");
    cluster_close(cluster);
}
END_TEST

START_TEST(interrupt_from_the_terminal_leaves_postgres_up)
{
    pid_t owner = fork_owner(shared);
    pid_t postmaster = postmaster_of(shared);
    ck_assert_int_eq(kill(-owner, SIGINT), 0);
    nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    ck_assert(is_running(postmaster));
    assert_answers(shared, "SELECT 1", "1");
    kill_and_reap(owner);
}
END_TEST

START_TEST(pid_of_a_dead_postgres_may_be_another_process_now)
{
    char text[4096];
    pid_t owner = fork_owner(shared);
    pid_t postmaster = postmaster_of(shared);
    read_file(path_in(shared, "postgres/postmaster.pid"), text, sizeof text);
    kill(parent_of(postmaster), SIGKILL);
    kill(postmaster, SIGKILL);
    kill_and_reap(owner);
    wait_for_end(postmaster);

    pid_t bystander = fork(); /* of the same user, so PostgreSQL can't tell it from itself */
    if (bystander == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pause();
        _exit(0);
    }
    static const char *const locks[] = {"postgres/postmaster.pid", "run/.s.PGSQL.5432.lock"};
    for (int i = 0; i < 2; i++) {
        FILE *file = fopen(path_in(shared, locks[i]), "w");
        fprintf(file, "%d%s", (int)bystander, strchr(text, '\n'));
        fclose(file);
    }
    struct cluster *cluster = open_in(shared);
    ck_assert(is_running(bystander));
    assert_answers(shared, "SELECT 1", "1");
    cluster_close(cluster);
    ck_assert(is_running(bystander));
    kill_and_reap(bystander);
}
END_TEST

START_TEST(initdb_that_was_cut_short_is_done_again)
{
    ck_assert_int_eq(mkdir(path_in(scratch, "postgres.new"), 0700), 0);
    write_file(path_in(scratch, "postgres.new/PG_VERSION"), "15\n");
    struct cluster *cluster = open_in(scratch);
    assert_answers(scratch, "SELECT 1", "1");
    ck_assert_int_ne(access(path_in(scratch, "postgres.new"), F_OK), 0);
    cluster_close(cluster);
}
END_TEST

START_TEST(folder_with_something_else_is_left_alone)
{
    struct cluster *cluster;
    ck_assert_int_eq(mkdir(path_in(scratch, "postgres"), 0700), 0);
    write_file(path_in(scratch, "postgres/precious"), "data");
    ck_assert_int_eq(cluster_open(scratch, &cluster), STATUS_UNAVAILABLE);
    assert_file_holds(path_in(scratch, "postgres/precious"), "data");
    ck_assert(!cluster_is_owned(scratch));
}
END_TEST

START_TEST(data_of_another_major_version_is_refused)
{
    struct cluster *cluster;
    ck_assert_int_eq(mkdir(path_in(scratch, "postgres"), 0700), 0);
    write_file(path_in(scratch, "postgres/PG_VERSION"), "11\n");
    ck_assert_int_eq(cluster_open(scratch, &cluster), STATUS_UNAVAILABLE);
    assert_file_holds(path_in(scratch, "postgres/PG_VERSION"), "11\n");
}
END_TEST

START_TEST(path_too_long_for_a_socket_is_refused)
{
    struct cluster *cluster;
    char path[200];
    snprintf(path, sizeof path, "%s/%0100d", scratch, 7);
    ck_assert_int_eq(cluster_open(path, &cluster), STATUS_UNAVAILABLE);
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(path_may_hold_quotes_spaces_and_backslashes)
{
    char path[200];
    snprintf(path, sizeof path, "%s/it's \"a\\b\"", scratch);
    struct cluster *cluster = open_in(path);
    assert_answers(path, "SELECT 1", "1");
    cluster_close(cluster);
}
END_TEST

START_TEST(folder_may_move_between_runs)
{
    char before[200];
    char after[200];
    snprintf(before, sizeof before, "%s/before", scratch);
    snprintf(after, sizeof after, "%s/after", scratch);
    cluster_close(open_in(before));
    ck_assert_int_eq(rename(before, after), 0);
    struct cluster *cluster = open_in(after);
    assert_answers(after, "SELECT 1", "1");
    cluster_close(cluster);
}
END_TEST

START_TEST(postgres_that_cannot_start_is_a_failure_in_time)
{
    struct cluster *cluster = open_in(scratch);
    cluster_close(cluster);
    write_file(path_in(scratch, "postgres/postgresql.conf"), "there_is_no_such_setting = on\n");
    ck_assert_int_eq(cluster_open(scratch, &cluster), STATUS_UNAVAILABLE);
    ck_assert(!cluster_is_owned(scratch));
}
END_TEST

static void make_shared(void)
{
    log_set_level(LOG_LEVEL_WARN);
    cluster_close(open_in(test_folder_new(shared)));
}

static void remove_shared(void)
{
    test_folder_remove(shared);
}

static void make_scratch(void)
{
    test_folder_new(scratch);
}

static void remove_scratch(void)
{
    test_folder_remove(scratch);
}

Suite *cluster_suite(void)
{
    static const TTest **const tests[] = {
        &role_owns_the_database_and_is_no_superuser,
        &nobody_else_is_let_in,
        &what_is_acknowledged_is_on_disk_and_checked,
        &no_tcp_port_is_open_and_the_folders_are_private,
        &close_leaves_no_process_and_no_owner,
        &second_owner_is_refused_and_may_use_the_first_ones,
        &killed_postgres_is_started_again_with_its_data,
        &postgres_that_was_up_is_tried_until_it_can_start_again,
        &postgres_that_outlived_its_supervisor_is_taken_over,
        &close_stops_what_a_killed_supervisor_left,
        &postgres_stops_in_order_when_its_owner_dies,
        &postgres_stops_with_its_owner_although_a_child_of_it_lives_on,
        &open_right_after_the_owner_died_waits_its_turn,
        &interrupt_from_the_terminal_leaves_postgres_up,
        &pid_of_a_dead_postgres_may_be_another_process_now,
        &initdb_that_was_cut_short_is_done_again,
        &folder_with_something_else_is_left_alone,
        &data_of_another_major_version_is_refused,
        &path_too_long_for_a_socket_is_refused,
        &path_may_hold_quotes_spaces_and_backslashes,
        &folder_may_move_between_runs,
        &postgres_that_cannot_start_is_a_failure_in_time,
    };
    Suite *suite = suite_create("cluster");
    TCase *tcase = tcase_create("cluster");
    tcase_set_timeout(tcase, 120);
    tcase_add_unchecked_fixture(tcase, make_shared, remove_shared);
    tcase_add_checked_fixture(tcase, make_scratch, remove_scratch);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(tcase, *tests[i]);
    suite_add_tcase(suite, tcase);
    return suite;
}
