/* SPDX-License-Identifier: MIT */
#include "maintenance.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "storage/day.h"
#include "storage/fold.h"

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { PERIOD_MS = 60000, FOLD_AT_START_QUARTERS = 26 * 4 /* since yesterday: older ones are folded with their day */ };

struct maintenance {
    struct connection *connection;
    pthread_t thread;
    int stop_fd;
    int32_t folded_to; /* quarters before it are done; 0: none yet */
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
        LOG(LOG_LEVEL_INFO, "days copied", LOG_INTEGER("days", total));
    if (status != STATUS_OK)
        LOG(LOG_LEVEL_DEBUG, "days wait for the next round", LOG_STRING("status", status_name(status)));
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

static void *run(void *context)
{
    struct maintenance *maintenance = context;
    do {
        if (connection_is_alive(maintenance->connection) || connection_restore(maintenance->connection) == STATUS_OK) {
            fold_closed_quarters(maintenance);
            fill_days(maintenance);
        }
    } while (!is_stopped(maintenance, PERIOD_MS));
    return NULL;
}

enum status maintenance_open(const struct database_options *database, struct maintenance **maintenance)
{
    struct maintenance *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return STATUS_NO_MEMORY;
    enum status status = connection_open(database, "maintenance", &opened->connection);
    if (status != STATUS_OK) {
        free(opened);
        return status;
    }
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
