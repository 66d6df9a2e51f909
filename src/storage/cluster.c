/* SPDX-License-Identifier: MIT */
#include "storage/cluster.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "cluster_folder.h"
#include "cluster_program.h"
#include "cluster_setup.h"
#include "cluster_supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct cluster {
    struct folder folder;
    char *programs; /* the folder of PostgreSQL's programs */
    int owner_lock;
    int supervisor_socket;
    pid_t supervisor;
};

/* An earlier supervisor whose owner died needs that long to stop its PostgreSQL, at the very most. */
enum { TAKE_OVER_TIMEOUT_S = 90 };

static int lock_after_previous(const struct folder *folder)
{
    const struct timespec pause = {.tv_nsec = 50000000};
    int64_t deadline = clock_monotonic_us() + TAKE_OVER_TIMEOUT_S * INT64_C(1000000);
    bool is_told = false;
    int lock = folder_lock(folder->supervisor_lock);
    while (lock < 0 && errno == EAGAIN && clock_monotonic_us() < deadline) {
        if (!is_told)
            log_info("waiting for the PostgreSQL of an earlier run to stop");
        is_told = true;
        nanosleep(&pause, NULL);
        lock = folder_lock(folder->supervisor_lock);
    }
    return lock;
}

static int compare_ints(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* A listening socket, say, that the owner had opened must not live on in the supervisor. */
static void close_all_but(int kept[], size_t count)
{
    int next = STDERR_FILENO + 1;
    qsort(kept, count, sizeof *kept, compare_ints);
    for (size_t i = 0; i < count; i++) {
        if (kept[i] > next)
            close_range((unsigned)next, (unsigned)kept[i] - 1, 0);
        next = kept[i] + 1;
    }
    close_range((unsigned)next, ~0U, 0);
}

/* Keeps nothing of the owner's but the lock, the socket and stderr. */
_Noreturn static void become_supervisor(const struct cluster *cluster, int lock, int owner_socket, int owner_pidfd)
{
    close_all_but((int[]){lock, owner_socket, owner_pidfd}, 3);
    prctl(PR_SET_NAME, "hark-postgres");
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
        _exit(EXIT_FAILURE);
    _exit(supervisor_run(&cluster->folder, cluster->programs, owner_socket, owner_pidfd));
}

/* The supervisor knows its owner by a pidfd made here, so a dead owner's number can't be mistaken for another. */
static bool fork_supervisor(struct cluster *cluster, int lock)
{
    int ends[2];
    int self = pidfd_open(getpid(), 0);
    if (self < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        log_error("cannot start the supervisor of PostgreSQL: %s", strerrordesc_np(errno));
        if (self >= 0)
            close(self);
        return false;
    }
    cluster->supervisor_socket = ends[0];
    cluster->supervisor = fork();
    if (cluster->supervisor == 0)
        become_supervisor(cluster, lock, ends[1], self);
    close(ends[1]);
    close(self);
    return cluster->supervisor > 0;
}

static enum status wait_until_ready(const struct cluster *cluster)
{
    char message;
    ssize_t size;
    do {
        size = recv(cluster->supervisor_socket, &message, 1, 0);
    } while (size < 0 && errno == EINTR);
    if (size == 1 && message == SUPERVISOR_READY)
        return STATUS_OK;
    log_error("the private PostgreSQL did not start; its reasons are in %s", cluster->folder.log);
    return STATUS_UNAVAILABLE;
}

/* With both locks held: what data there is, by which programs, then who runs it. */
static enum status start(struct cluster *cluster, int lock)
{
    int data_major = folder_data_major(&cluster->folder);
    int major;
    cluster->programs = program_find_postgres(data_major > 0 ? data_major : 0, &major);
    if (cluster->programs == NULL || !setup_data(&cluster->folder, cluster->programs) ||
        !setup_settings(&cluster->folder))
        return STATUS_UNAVAILABLE;
    return fork_supervisor(cluster, lock) ? wait_until_ready(cluster) : STATUS_UNAVAILABLE;
}

static enum status open_locked(struct cluster *cluster)
{
    int lock = lock_after_previous(&cluster->folder);
    if (lock < 0) {
        log_error("another PostgreSQL still works in %s", cluster->folder.root);
        return STATUS_CONFLICT;
    }
    enum status status = start(cluster, lock);
    close(lock); /* the supervisor has inherited it */
    return status;
}

static enum status open_folder(struct cluster *cluster, const char *data_dir)
{
    if (geteuid() == 0) {
        log_error("PostgreSQL refuses to run as root: step down first");
        return STATUS_FORBIDDEN;
    }
    if (!folder_init(&cluster->folder, data_dir) || !folder_make(&cluster->folder))
        return STATUS_UNAVAILABLE;
    cluster->owner_lock = folder_lock(cluster->folder.owner_lock);
    if (cluster->owner_lock >= 0)
        return open_locked(cluster);
    if (errno != EAGAIN)
        return STATUS_UNAVAILABLE;
    log_error("another hark already serves from %s", cluster->folder.root);
    return STATUS_CONFLICT;
}

enum status cluster_open(const char *data_dir, struct cluster **cluster)
{
    struct cluster *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return STATUS_NO_MEMORY;
    opened->owner_lock = -1;
    opened->supervisor_socket = -1;
    enum status status = open_folder(opened, data_dir);
    if (status == STATUS_OK)
        *cluster = opened;
    else
        cluster_close(opened);
    return status;
}

bool cluster_is_owned(const char *data_dir)
{
    struct folder folder;
    return folder_init(&folder, data_dir) && folder_is_locked(folder.owner_lock);
}

/* Left unreaped: cluster_close still has to find it. */
bool cluster_is_abandoned(const struct cluster *cluster)
{
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)cluster->supervisor, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

char *cluster_url(const char *data_dir)
{
    struct folder folder;
    struct buffer url;
    if (!folder_init(&folder, data_dir))
        return NULL;
    buffer_init(&url);
    buffer_string(&url, "host='");
    for (const char *next = folder.socket; *next != '\0'; next++) {
        if (*next == '\'' || *next == '\\')
            buffer_string(&url, "\\");
        buffer_append(&url, next, 1);
    }
    buffer_string(&url, "' port=5432 user=hark dbname=hark");
    return buffer_take(&url, NULL);
}

/* A supervisor that was killed couldn't stop what it ran. */
static void stop_leftover(const struct cluster *cluster)
{
    int lock = folder_lock(cluster->folder.supervisor_lock);
    if (lock < 0)
        return;
    pid_t postmaster = folder_postmaster(&cluster->folder);
    if (postmaster > 0)
        supervisor_stop_postmaster(postmaster);
    close(lock);
}

void cluster_close(struct cluster *cluster)
{
    if (cluster == NULL)
        return;
    if (cluster->supervisor > 0) {
        char message = SUPERVISOR_STOP;
        int status = 0;
        if (send(cluster->supervisor_socket, &message, 1, MSG_NOSIGNAL) < 0)
            log_debug("the supervisor of PostgreSQL is gone");
        while (waitpid(cluster->supervisor, &status, 0) < 0 && errno == EINTR) {
        }
        stop_leftover(cluster);
    }
    if (cluster->supervisor_socket >= 0)
        close(cluster->supervisor_socket);
    if (cluster->owner_lock >= 0)
        close(cluster->owner_lock);
    free(cluster->programs);
    free(cluster);
}
