/* SPDX-License-Identifier: MIT */
#include "cluster_supervisor.h"

#include "base/clock.h"
#include "base/log.h"
#include "cluster_program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    READY_POLL_MS = 20,
    STOP_TIMEOUT_MS = 60000,
    FIRST_PAUSE_MS = 100,
    LONGEST_PAUSE_MS = 5000,
    MOST_FAILURES = 6, /* in a row, of one that never was ready: some three seconds of trying */
    LARGEST_LOG = 10 * 1024 * 1024,
};

static const int64_t STEADY_US = INT64_C(60000000); /* whoever ran that long starts with a clean sheet */
static const int64_t PATIENCE_US = INT64_C(10000000);

struct supervisor {
    const struct folder *folder;
    const char *programs;
    int owner_socket;
    int owner_pidfd;
    int signals;
    pid_t postmaster;
    int postmaster_pidfd; /* -1: none runs */
    bool is_child;        /* else it was adopted, and is not ours to wait for */
    bool is_ready;
    bool was_ready; /* in some life of it */
    int failures;
    int64_t started_us;
    int64_t reminded_us;
};

/* One old log is kept. */
static int open_log(const struct folder *folder)
{
    struct stat found;
    char old[PATH_MAX + 2];
    if (stat(folder->log, &found) == 0 && found.st_size > LARGEST_LOG) {
        snprintf(old, sizeof old, "%s.1", folder->log);
        if (rename(folder->log, old) != 0)
            log_warn("cannot rename %s: %s", folder->log, strerrordesc_np(errno));
    }
    return open(folder->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static void become_postgres(const struct supervisor *supervisor)
{
    char postgres[PATH_MAX];
    int log = open_log(supervisor->folder);
    if (log < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
        _exit(126);
    if (snprintf(postgres, sizeof postgres, "%s/postgres", supervisor->programs) < PATH_MAX)
        program_exec((const char *const[]){postgres, "-D", supervisor->folder->data, NULL});
    _exit(127);
}

static bool watch(struct supervisor *supervisor, pid_t postmaster, bool is_child)
{
    supervisor->postmaster_pidfd = pidfd_open(postmaster, 0);
    supervisor->postmaster = postmaster;
    supervisor->is_child = is_child;
    supervisor->is_ready = false;
    supervisor->started_us = clock_monotonic_us();
    supervisor->reminded_us = supervisor->started_us;
    return supervisor->postmaster_pidfd >= 0;
}

/* A PostgreSQL that outlived its supervisor serves on; else a new one is started. */
static bool start(struct supervisor *supervisor)
{
    pid_t running = folder_postmaster(supervisor->folder);
    if (running > 0) {
        log_info("taking over the PostgreSQL that runs in %s", supervisor->folder->data);
        return watch(supervisor, running, false);
    }
    folder_disown_stale_locks(supervisor->folder);
    pid_t child = fork();
    if (child == 0)
        become_postgres(supervisor);
    return child > 0 && watch(supervisor, child, true);
}

static void forget(struct supervisor *supervisor)
{
    close(supervisor->postmaster_pidfd);
    supervisor->postmaster_pidfd = -1;
    if (supervisor->is_child)
        waitpid(supervisor->postmaster, NULL, 0);
}

static bool wait_for_end(int pidfd, int timeout_ms)
{
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    int ready;
    do {
        ready = poll(&end, 1, timeout_ms);
    } while (ready < 0 && errno == EINTR);
    return ready != 0;
}

void supervisor_stop_postmaster(pid_t postmaster)
{
    int pidfd = pidfd_open(postmaster, 0);
    if (pidfd < 0)
        return;
    pidfd_send_signal(pidfd, SIGINT, NULL, 0);
    if (!wait_for_end(pidfd, STOP_TIMEOUT_MS)) {
        log_warn("PostgreSQL takes long to stop: it is cut short and will recover at its next start");
        pidfd_send_signal(pidfd, SIGQUIT, NULL, 0);
        wait_for_end(pidfd, -1);
    }
    close(pidfd);
}

/* Tells the owner once PostgreSQL takes connections; says now and then that a recovery goes on. */
static void check_ready(struct supervisor *supervisor)
{
    int64_t now = clock_monotonic_us();
    if (folder_is_ready(supervisor->folder, supervisor->postmaster)) {
        char message = SUPERVISOR_READY;
        supervisor->is_ready = true;
        supervisor->was_ready = true;
        if (send(supervisor->owner_socket, &message, 1, MSG_NOSIGNAL) < 0)
            log_debug("nobody waits for PostgreSQL");
        if (supervisor->failures > 0)
            log_info("PostgreSQL runs again");
    } else if (now - supervisor->reminded_us > PATIENCE_US) {
        log_info("PostgreSQL is still starting; it may be recovering after a crash");
        supervisor->reminded_us = now;
    }
}

/* Waits before the next try, unless the owner wants the end in the meantime. */
static bool is_end_wanted(const struct supervisor *supervisor, int timeout_ms)
{
    struct pollfd sources[] = {
        {.fd = supervisor->owner_socket, .events = POLLIN},
        {.fd = supervisor->owner_pidfd, .events = POLLIN},
        {.fd = supervisor->signals, .events = POLLIN},
        {.fd = supervisor->postmaster_pidfd, .events = POLLIN}, /* ends the wait; -1 is passed over */
    };
    if (poll(sources, 4, timeout_ms) < 0)
        return false;
    return sources[0].revents != 0 || sources[1].revents != 0 || sources[2].revents != 0;
}

static int pause_after(int failures)
{
    int pause = FIRST_PAUSE_MS;
    for (int i = 1; i < failures && pause < LONGEST_PAUSE_MS; i++)
        pause *= 2;
    return pause < LONGEST_PAUSE_MS ? pause : LONGEST_PAUSE_MS;
}

/* PostgreSQL ended, or didn't even start, and nobody had asked for it. */
static void note_failure(struct supervisor *supervisor)
{
    if (clock_monotonic_us() - supervisor->started_us > STEADY_US)
        supervisor->failures = 0;
    supervisor->failures++;
    log_error("PostgreSQL ended unexpectedly (%d in a row); its reasons are in %s", supervisor->failures,
              supervisor->folder->log);
}

/* One life of PostgreSQL. True when its end is wanted, false when it came by itself. */
static bool is_end_wanted_while_running(struct supervisor *supervisor)
{
    while (!wait_for_end(supervisor->postmaster_pidfd, 0)) {
        if (is_end_wanted(supervisor, supervisor->is_ready ? -1 : READY_POLL_MS))
            return true;
        if (!supervisor->is_ready)
            check_ready(supervisor);
    }
    forget(supervisor);
    return false;
}

/* Until the end is wanted (0), or there is no hope left (1). What was up once is tried for ever: a full disk stops
 * PostgreSQL, and may have room again in the night. */
static int keep_running(struct supervisor *supervisor)
{
    for (;;) {
        if (start(supervisor) && is_end_wanted_while_running(supervisor))
            return 0;
        note_failure(supervisor);
        if (supervisor->failures >= MOST_FAILURES && !supervisor->was_ready) {
            log_error("PostgreSQL does not start: giving up");
            return 1;
        }
        if (is_end_wanted(supervisor, pause_after(supervisor->failures)))
            return 0;
    }
}

/* Ctrl-C in a terminal goes to the whole process group: the server must drain before its database stops, so this
 * process has a session of its own. A SIGTERM that is meant for it stops PostgreSQL in order. */
static int take_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGQUIT);
    pthread_sigmask(SIG_SETMASK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

int supervisor_run(const struct folder *folder, const char *programs, int owner_socket, int owner_pidfd)
{
    setsid();
    signal(SIGPIPE, SIG_IGN);
    struct supervisor supervisor = {
        .folder = folder,
        .programs = programs,
        .owner_socket = owner_socket,
        .owner_pidfd = owner_pidfd,
        .signals = take_signals(),
        .postmaster_pidfd = -1,
    };
    int status = keep_running(&supervisor);
    if (supervisor.postmaster_pidfd >= 0) {
        supervisor_stop_postmaster(supervisor.postmaster);
        forget(&supervisor);
    }
    return status;
}
