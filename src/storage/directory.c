/* SPDX-License-Identifier: MIT */
#include "storage/directory.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "connection.h"
#include "directory_snapshot.h"
#include "storage/account.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A notification arrives within milliseconds; reading anew every second bounds the damage should one be lost. */
enum { POLL_MS = 1000, USES_MAX = 1000 };
static const int64_t USES_PERIOD_US = INT64_C(60) * 1000000;

struct directory {
    struct connection *connection;
    pthread_mutex_t lock;
    struct snapshot *snapshot;
    uint64_t reads_begun;   /* each read has a number, before it looks at anything */
    uint64_t snapshot_read; /* that of the snapshot */
    struct arena *arena;
    struct time_zones zones;
    pthread_t thread;
    int stop_fd;
    atomic_bool is_current;
    int64_t uses_written_us; /* on the monotonic clock; 0: not yet */
};

static uint64_t begin_read(struct directory *directory)
{
    uint64_t number;
    pthread_mutex_lock(&directory->lock);
    number = ++directory->reads_begun;
    pthread_mutex_unlock(&directory->lock);
    return number;
}

/* Reads overlap: one that began before a change and ends after the changer has read it back must not undo that. */
static void swap_in(struct directory *directory, uint64_t number, struct snapshot *snapshot)
{
    struct snapshot *old = snapshot;
    pthread_mutex_lock(&directory->lock);
    /* Also ours until the end: the next one to swap may let go of it at once. */
    snapshot_hold(snapshot);
    if (number > directory->snapshot_read) {
        old = directory->snapshot;
        directory->snapshot = snapshot;
        directory->snapshot_read = number;
    }
    pthread_mutex_unlock(&directory->lock);
    if (old)
        snapshot_carry_uses(old, snapshot);
    snapshot_release(old);
    snapshot_release(snapshot);
}

struct snapshot *directory_hold(struct directory *directory)
{
    struct snapshot *snapshot;
    pthread_mutex_lock(&directory->lock);
    snapshot = snapshot_hold(directory->snapshot);
    pthread_mutex_unlock(&directory->lock);
    return snapshot;
}

enum status directory_refresh(struct directory *directory, struct connection *connection)
{
    struct snapshot *previous = directory_hold(directory);
    struct snapshot *snapshot;
    uint64_t number = begin_read(directory);
    enum status status = snapshot_read(connection, previous, &snapshot);
    if (status == STATUS_OK)
        swap_in(directory, number, snapshot);
    snapshot_release(previous);
    return status;
}

static enum status read_zones(struct directory *directory)
{
    struct result *result;
    const char **names;
    size_t count;
    bool failed = false;
    enum status status = query_run(directory->connection, QUERY_TIME_ZONE_LIST, NULL, &result);
    if (status != STATUS_OK)
        return status;
    count = (size_t)result_rows(result);
    names = arena_array(directory->arena, count + 1, sizeof *names);
    for (size_t i = 0; names && i < count; i++)
        names[i] = result_copy(result, (int)i, 0, directory->arena, &failed).bytes;
    result_free(result);
    directory->zones = (struct time_zones){names, count};
    return names == NULL || failed ? STATUS_NO_MEMORY : STATUS_OK;
}

const struct time_zones *directory_time_zones(const struct directory *directory)
{
    return &directory->zones;
}

static enum status listen_and_read(struct directory *directory)
{
    /* LISTEN first: what changes after it is notified, what changed before it is read. */
    enum status status = connection_script(directory->connection, "LISTEN hark_directory");
    return status == STATUS_OK ? directory_refresh(directory, directory->connection) : status;
}

static void drain_notifications(struct connection *connection)
{
    PGnotify *notify;
    PQconsumeInput(connection->pg);
    while ((notify = PQnotifies(connection->pg)) != NULL)
        PQfreemem(notify);
}

/* Waits for a notification, a second, or the stop; false on stop. */
static bool wait_for_change(struct directory *directory)
{
    struct pollfd polled[] = {{.fd = directory->stop_fd, .events = POLLIN},
                              {.fd = PQsocket(directory->connection->pg), .events = POLLIN}};
    nfds_t count = connection_is_good(directory->connection) ? 2 : 1;
    if (poll(polled, count, POLL_MS) < 0 && errno != EINTR)
        log_error("poll failed in the directory's thread");
    return (polled[0].revents & POLLIN) == 0;
}

/* Which keys were used, at most once a minute. A note that is lost with its session is not missed: the key is in use. */
static void write_uses(struct directory *directory)
{
    int32_t ids[USES_MAX];
    int64_t now_us = clock_monotonic_us();
    struct snapshot *snapshot;
    size_t count;
    if (directory->uses_written_us != 0 && now_us < directory->uses_written_us + USES_PERIOD_US)
        return;
    snapshot = directory_hold(directory);
    count = snapshot_take_uses(snapshot, ids, USES_MAX);
    snapshot_release(snapshot);
    if (count > 0 && key_touch(directory->connection, ids, count, clock_now_us()) == STATUS_OK)
        directory->uses_written_us = now_us;
}

static void *follow(void *context)
{
    struct directory *directory = context;
    while (wait_for_change(directory)) {
        enum status status;
        if (connection_is_good(directory->connection)) {
            drain_notifications(directory->connection);
            status = directory_refresh(directory, directory->connection);
        } else {
            status = connection_restore(directory->connection);
            if (status == STATUS_OK)
                status = listen_and_read(directory);
        }
        atomic_store(&directory->is_current, status == STATUS_OK);
        if (status == STATUS_OK)
            write_uses(directory);
    }
    return NULL;
}

enum status directory_open(const struct database_options *options, struct directory **directory)
{
    struct directory *opened = calloc(1, sizeof *opened);
    struct database_options reader = *options;
    enum status status;

    *directory = NULL;
    if (opened == NULL)
        return STATUS_NO_MEMORY;
    opened->stop_fd = -1;
    reader.role = DATABASE_READER;
    pthread_mutex_init(&opened->lock, NULL);
    opened->arena = arena_new(0);
    status = opened->arena ? connection_open(&reader, "directory", &opened->connection) : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = read_zones(opened);
    if (status == STATUS_OK)
        status = listen_and_read(opened);
    if (status == STATUS_OK) {
        atomic_init(&opened->is_current, true);
        opened->stop_fd = eventfd(0, EFD_CLOEXEC);
        if (opened->stop_fd < 0 || pthread_create(&opened->thread, NULL, follow, opened) != 0)
            log_fatal("can't start the directory's thread");
        *directory = opened;
        return STATUS_OK;
    }
    snapshot_release(opened->snapshot);
    connection_close(opened->connection);
    arena_free(opened->arena);
    free(opened);
    return status;
}

void directory_close(struct directory *directory)
{
    if (directory == NULL)
        return;
    if (eventfd_write(directory->stop_fd, 1) == 0)
        pthread_join(directory->thread, NULL);
    directory->uses_written_us = 0;
    if (connection_is_good(directory->connection))
        write_uses(directory);
    close(directory->stop_fd);
    pthread_mutex_destroy(&directory->lock);
    snapshot_release(directory->snapshot);
    connection_close(directory->connection);
    arena_free(directory->arena);
    free(directory);
}

bool directory_is_current(struct directory *directory)
{
    return atomic_load(&directory->is_current);
}
