/* SPDX-License-Identifier: MIT */
#include "cluster_program.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OLDEST_MAJOR = 15 };

static const char DEBIAN_FOLDERS[] = "/usr/lib/postgresql/*/bin";

void program_exec(const char *const argv[])
{
    static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    static char locale[] = "LC_ALL=C.UTF-8";
    static char *const environment[] = {path, locale, NULL};
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL); /* refused for some, which nobody can have changed */
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    /* The current folder may be one that this user can't even read. */
    if (chdir("/") == 0)
        execvpe(argv[0], (char *const *)argv, environment);
}

static void run_child(const char *const argv[], const int input[2], const int output[2])
{
    if (dup2(input[0], STDIN_FILENO) >= 0 && dup2(output[1], STDOUT_FILENO) >= 0 && dup2(output[1], STDERR_FILENO) >= 0)
        program_exec(argv);
    _exit(127);
}

/* The programs read little, less than a pipe holds, so it is written in one go. */
static void feed(int descriptor, const char *input)
{
    size_t size = input == NULL ? 0 : strlen(input);
    if (size > 0 && write(descriptor, input, size) != (ssize_t)size)
        log_error("cannot write to a program of PostgreSQL: %s", strerrordesc_np(errno));
    close(descriptor);
}

static void drain(int descriptor, struct buffer *output)
{
    char bytes[4096];
    for (;;) {
        ssize_t size = read(descriptor, bytes, sizeof bytes);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            break;
        buffer_append(output, bytes, (size_t)size);
    }
    close(descriptor);
}

static bool wait_for(pid_t child)
{
    int status;
    pid_t ended;
    do {
        ended = waitpid(child, &status, 0);
    } while (ended < 0 && errno == EINTR);
    return ended == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool program_run(const char *const argv[], const char *input, struct buffer *output)
{
    int in[2];
    int out[2];
    if (pipe2(in, O_CLOEXEC) != 0)
        return false;
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return false;
    }
    pid_t child = fork();
    if (child == 0)
        run_child(argv, in, out);
    close(out[1]);
    feed(in[1], child < 0 ? NULL : input);
    close(in[0]);
    drain(out[0], output);
    return child > 0 && wait_for(child);
}

/* 15 of "postgres (PostgreSQL) 15.20 (Debian ...)"; 0 when the folder holds no server. */
static int folder_major(const char *folder)
{
    char initdb[4096];
    char postgres[4096];
    snprintf(initdb, sizeof initdb, "%s/initdb", folder);
    snprintf(postgres, sizeof postgres, "%s/postgres", folder);
    if (access(initdb, X_OK) != 0 || access(postgres, X_OK) != 0)
        return 0;
    struct buffer output;
    int major = 0;
    buffer_init(&output);
    if (program_run((const char *const[]){postgres, "--version", NULL}, NULL, &output) && output.data != NULL) {
        const char *number = strpbrk(output.data, "0123456789");
        major = number == NULL ? 0 : (int)strtol(number, NULL, 10);
    }
    buffer_clear(&output);
    return major;
}

static bool is_wanted(int major, int wanted_major)
{
    return major >= OLDEST_MAJOR && (wanted_major == 0 || major == wanted_major);
}

static char *ask_pg_config(void)
{
    struct buffer output;
    buffer_init(&output);
    if (!program_run((const char *const[]){"pg_config", "--bindir", NULL}, NULL, &output)) {
        buffer_clear(&output);
        return NULL;
    }
    char *folder = buffer_take(&output, NULL);
    if (folder != NULL)
        folder[strcspn(folder, "\n")] = '\0';
    return folder;
}

/* The newest that will do among Debian's. *newest: the newest of all, for the message. */
static char *search_debian_folders(int wanted_major, int *major, int *newest)
{
    glob_t found;
    char *best = NULL;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): start-up has one thread
    if (glob(DEBIAN_FOLDERS, 0, NULL, &found) != 0)
        return NULL;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        int candidate = folder_major(found.gl_pathv[i]);
        if (candidate > *newest)
            *newest = candidate;
        if (is_wanted(candidate, wanted_major) && (best == NULL || candidate > *major)) {
            free(best);
            best = strdup(found.gl_pathv[i]);
            *major = candidate;
        }
    }
    globfree(&found);
    return best;
}

char *program_find_postgres(int wanted_major, int *major)
{
    char *folder = ask_pg_config();
    int newest = folder == NULL ? 0 : folder_major(folder);
    *major = newest;
    if (is_wanted(newest, wanted_major))
        return folder;
    free(folder);
    folder = search_debian_folders(wanted_major, major, &newest);
    if (folder != NULL)
        return folder;
    if (newest == 0)
        log_error(
            "PostgreSQL's server programs were not found: install the package postgresql, or set HARK_DATABASE_URL");
    else if (wanted_major != 0)
        log_error(
            "the data folder was made by PostgreSQL %d, but only PostgreSQL %d is installed: install postgresql-%d, or "
            "move the data with pg_upgrade",
            wanted_major, newest, wanted_major);
    else
        log_error("PostgreSQL %d is too old: Hark needs %d or newer", newest, (int)OLDEST_MAJOR);
    return NULL;
}
