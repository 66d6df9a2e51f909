/* SPDX-License-Identifier: MIT */
#include "maintenance.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "storage/day.h"
#include "storage/fold.h"
#include "storage/pending.h"
#include "storage/retention.h"
#include "storage/statistics.h"

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    /* Between rounds: so long that they take a fiftieth of the time at most. A late answer makes its day's copy stale, and the day is read
     * from 96 times as many rows until the next round. */
    PAUSE_LEAST_MS = 1000,
    PAUSE_MOST_MS = 60000,
    PAUSES_A_ROUND = 50,
    RETENTION_PAUSE_MS = 20, /* between batches, for whoever else needs the disk */
    RETENTION_SETTLE_MS = 2000,
    RETENTION_ROUNDS = 24,          /* once in so many rounds all is looked at, else what came of age lately */
    FOLD_AT_START_QUARTERS = 26 * 4 /* since yesterday: older ones are folded with their day */
};
/* More than the longest period. */
static const int64_t LATELY_US = INT64_C(25) * 3600 * 1000000;

struct maintenance {
    struct connection *connection;
    pthread_t thread;
    int stop_fd;
    int32_t folded_to;   /* quarters before it are done; 0: none yet */
    int pause_ms;        /* until the days are seen to again */
    int64_t tended_us;   /* on the monotonic clock: when they were last; retention, likewise */
    int64_t retained_us; /* 0: not yet */
    int retention_period_ms;
    int retentions;
    uint64_t retention_settings; /* a hash of those that the last round went by */
};

static bool is_stopped(const struct maintenance *maintenance, int timeout_ms)
{
    struct pollfd stop = {.fd = maintenance->stop_fd, .events = POLLIN};
    return poll(&stop, 1, timeout_ms) == 1;
}

/* A round is small, so that writers are never held up for long: as many as there is work for. */
static void fill_days(const struct maintenance *maintenance)
{
    enum status status = STATUS_OK;
    int filled = DAY_ROUND;
    int64_t total = 0;
    while (status == STATUS_OK && filled == DAY_ROUND && !is_stopped(maintenance, 0)) {
        filled = 0;
        status = day_fill(maintenance->connection, clock_now_us(), &filled);
        total += filled;
    }
    if (total > 0)
        LOG(total > 1 ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, "days copied", LOG_INTEGER("days", total));
    if (status != STATUS_OK)
        LOG(LOG_LEVEL_DEBUG, "days wait for the next round", LOG_STRING("status", status_name(status)));
}

/* Among others what a process left that ended before it added them up. */
static void tend_pending(const struct maintenance *maintenance)
{
    int64_t batches;
    enum status status = pending_tend(maintenance->connection, &batches);
    if (batches > 0)
        LOG(LOG_LEVEL_INFO, "scores that were left are added up", LOG_INTEGER("batches", batches));
    if (status != STATUS_OK)
        LOG(LOG_LEVEL_DEBUG, "scores that were left wait for the next round",
            LOG_STRING("status", status_name(status)));
}

static void fold_closed_quarters(struct maintenance *maintenance)
{
    int32_t end = timestamp_quarter(clock_now_us() - INT64_C(1000000) * FOLD_REST_S);
    int32_t start = maintenance->folded_to == 0 ? end - FOLD_AT_START_QUARTERS : maintenance->folded_to;
    int64_t cells = 0;
    if (start >= end || fold_closed(maintenance->connection, start, end, &cells) != STATUS_OK)
        return; /* what is left waits for the next round */
    maintenance->folded_to = end;
    if (cells > 0)
        LOG(LOG_LEVEL_DEBUG, "slots folded", LOG_INTEGER("cells", cells));
}

/* Before all else: the rest is planned by them. */
static void keep_statistics(const struct maintenance *maintenance)
{
    bool renewed;
    enum status status = statistics_keep(maintenance->connection, &renewed);
    if (renewed || status != STATUS_OK)
        LOG(LOG_LEVEL_DEBUG, "statistics for the planner", LOG_STRING("status", status_name(status)));
}

static int pause_after(int64_t round_us)
{
    int64_t pause_ms = round_us * PAUSES_A_ROUND / 1000;
    return pause_ms < PAUSE_LEAST_MS ? PAUSE_LEAST_MS : pause_ms > PAUSE_MOST_MS ? PAUSE_MOST_MS : (int)pause_ms;
}

static void tend(struct maintenance *maintenance)
{
    int64_t started_us = clock_monotonic_us();
    keep_statistics(maintenance);
    tend_pending(maintenance);
    fold_closed_quarters(maintenance);
    fill_days(maintenance);
    maintenance->tended_us = clock_monotonic_us();
    maintenance->pause_ms = pause_after(maintenance->tended_us - started_us);
}

/* --- retention --------------------------------------------------------------------------------------------------------- */

/* A first run may take long: the days are seen to meanwhile. */
static bool pause_retention(void *context, bool has_moved)
{
    struct maintenance *maintenance = context;
    if (clock_monotonic_us() - maintenance->tended_us >= maintenance->pause_ms * INT64_C(1000))
        tend(maintenance);
    return !is_stopped(maintenance, has_moved ? RETENTION_SETTLE_MS : RETENTION_PAUSE_MS);
}

static enum status retain_one(struct maintenance *maintenance, const struct retention *retention, bool is_whole)
{
    struct retention_report report;
    enum status status =
        retention_run(maintenance->connection, retention, is_whole ? 0 : retention->before_us - LATELY_US,
                      pause_retention, maintenance, &report);
    if (report.responses > 0 || report.events > 0)
        LOG(LOG_LEVEL_INFO, "retention", LOG_INTEGER("project", retention->project_id),
            LOG_STRING("mode", retain_mode_name(retention->mode)), LOG_INTEGER("responses", report.responses),
            LOG_INTEGER("events", report.events));
    return status;
}

static uint64_t hash_settings(const struct retention *list, size_t count)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a, by numbers */
    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ (uint64_t)list[i].project_id) * UINT64_C(1099511628211);
        hash = (hash ^ (uint64_t)(list[i].days * 4 + (int)list[i].mode)) * UINT64_C(1099511628211);
    }
    return hash;
}

/* What was set to another age since has older rows than those that came of age lately. */
static bool looks_at_all(struct maintenance *maintenance, const struct retention *list, size_t count)
{
    uint64_t settings = hash_settings(list, count);
    bool has_changed = settings != maintenance->retention_settings;
    maintenance->retention_settings = settings;
    return has_changed || maintenance->retentions % RETENTION_ROUNDS == 0;
}

static enum status retain_all(struct maintenance *maintenance, struct arena *arena)
{
    struct retention *list;
    size_t count;
    enum status status = retention_due(maintenance->connection, NULL, clock_now_us(), arena, &list, &count);
    bool all = status == STATUS_OK && looks_at_all(maintenance, list, count);
    for (size_t i = 0; status == STATUS_OK && i < count && !is_stopped(maintenance, 0); i++)
        status = retain_one(maintenance, &list[i], all);
    return status;
}

static void retain(struct maintenance *maintenance)
{
    struct arena *arena;
    bool kept;
    enum status status;
    if (maintenance->retained_us != 0 &&
        clock_monotonic_us() - maintenance->retained_us < maintenance->retention_period_ms * INT64_C(1000))
        return;
    status = retention_try_keep(maintenance->connection, &kept);
    if (status != STATUS_OK || !kept)
        return; /* another process does it: asked again in the next round */
    arena = arena_new(0);
    status = arena ? retain_all(maintenance, arena) : STATUS_NO_MEMORY;
    arena_free(arena);
    if (retention_let_go(maintenance->connection) == STATUS_OK && status == STATUS_OK) {
        maintenance->retained_us = clock_monotonic_us();
        maintenance->retentions++;
    } else {
        maintenance->retention_settings = 0; /* all is looked at again */
        LOG(LOG_LEVEL_WARN, "retention goes on in the next round", LOG_STRING("status", status_name(status)));
    }
}

static void *run(void *context)
{
    struct maintenance *maintenance = context;
    do {
        maintenance->pause_ms = PAUSE_LEAST_MS;
        if (connection_is_alive(maintenance->connection) || connection_restore(maintenance->connection) == STATUS_OK) {
            tend(maintenance);
            retain(maintenance);
        }
    } while (!is_stopped(maintenance, maintenance->pause_ms < maintenance->retention_period_ms
                                          ? maintenance->pause_ms
                                          : maintenance->retention_period_ms));
    return NULL;
}

enum status maintenance_open(const struct database_options *database, int retention_period_ms,
                             struct maintenance **maintenance)
{
    struct maintenance *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return STATUS_NO_MEMORY;
    enum status status = connection_open(database, "maintenance", &opened->connection);
    if (status != STATUS_OK) {
        free(opened);
        return status;
    }
    opened->retention_period_ms = retention_period_ms;
    opened->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (opened->stop_fd < 0 || pthread_create(&opened->thread, NULL, run, opened) != 0)
        log_fatal("can't start the thread of maintenance");
    *maintenance = opened;
    return STATUS_OK;
}

void maintenance_close(struct maintenance *maintenance)
{
    if (maintenance == NULL)
        return;
    if (eventfd_write(maintenance->stop_fd, 1) == 0)
        pthread_join(maintenance->thread, NULL);
    close(maintenance->stop_fd);
    connection_close(maintenance->connection);
    free(maintenance);
}
