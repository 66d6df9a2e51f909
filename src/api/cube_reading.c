/* SPDX-License-Identifier: MIT */
#include "cube_reading.h"

#include "base/clock.h"
#include "base/timestamp.h"

/* How often it is looked whether one is too old. */
enum { REST_US = 1000000 };
/* One cube takes so much of all that there is, at most. */
enum { SHARE = 2 };

/* --- reading ------------------------------------------------------------------------------------------------------- */

/* It stays in the table until the end. */
static void begin(struct cube_entry *entry)
{
    entry->is_reading = true;
    entry->reading_us = clock_monotonic_us();
}

static void end(struct cubes *cubes, struct cube_entry *entry)
{
    entry->is_reading = false;
    pthread_cond_broadcast(&cubes->read);
}

/* Who waits for something to do has to see that something grows old. */
static void settle(struct cubes *cubes, struct cube_entry *entry, const struct cube_scope *scope, enum status status,
                   struct cube_moment *moment)
{
    if (status != STATUS_OK) {
        cube_entry_fail(entry, scope, status == STATUS_TOO_LARGE, clock_monotonic_us());
        return;
    }
    if (cubes->table.bytes == 0)
        pthread_cond_signal(&cubes->changed);
    cube_table_keep(&cubes->table, entry, moment);
}

/* --- reading what is asked ----------------------------------------------------------------------------------------- */

/* A question whose like was asked not long ago, and may be asked again, is read as counts: most of them are there. */
bool cube_plan_make(struct cubes *cubes, const struct rollup_query *query, struct cube_plan *plan)
{
    struct cube_entry *entry = cube_table_find(&cubes->table, query);
    if (entry == NULL || !entry->is_again || clock_monotonic_us() < entry->rests_until_us)
        return false;
    plan->scope = cube_entry_scope(entry, timestamp_quarter(clock_now_us()));
    plan->before = cube_moment_hold(entry->moment);
    plan->is_first = !entry->is_reading;
    if (plan->is_first)
        begin(entry);
    return true;
}

struct cube_moment *cube_plan_read(struct cubes *cubes, struct connection *connection, const struct rollup_query *query,
                                   const struct cube_plan *plan)
{
    struct cube_moment *moment;
    enum status status =
        cube_moment_read(connection, &plan->scope, plan->before, cubes->table.bytes_max / SHARE, &moment);
    struct cube_entry *entry;
    meter_add(cubes->readings, 1);
    pthread_mutex_lock(&cubes->lock);
    cube_moment_release(plan->before);
    entry = cube_table_find(&cubes->table, query);
    if (entry && plan->is_first)
        end(cubes, entry);
    if (entry)
        settle(cubes, entry, &plan->scope, status, moment);
    pthread_mutex_unlock(&cubes->lock);
    return moment;
}

/* --- reading by itself --------------------------------------------------------------------------------------------- */

static bool has_session(struct cubes *cubes)
{
    if (cubes->connection == NULL)
        return connection_open(&cubes->reader, "cube", &cubes->connection) == STATUS_OK;
    return connection_is_alive(cubes->connection) || connection_restore(cubes->connection) == STATUS_OK;
}

/* With nothing locked. */
static enum status read_moment(struct cubes *cubes, const struct cube_scope *scope, const struct cube_moment *before,
                               struct cube_moment **moment)
{
    enum status status = has_session(cubes) ? STATUS_OK : STATUS_UNAVAILABLE;
    if (status == STATUS_OK)
        status = connection_open_projects(cubes->connection, &scope->project_id, 1);
    if (status == STATUS_OK)
        status = cube_moment_read(cubes->connection, scope, before, cubes->table.bytes_max / SHARE, moment);
    meter_add(cubes->readings, 1);
    return status;
}

/* Comes and goes with the lock. */
static void read_one(struct cubes *cubes, struct cube_entry *entry)
{
    struct cube_scope scope = cube_entry_scope(entry, timestamp_quarter(clock_now_us()));
    struct cube_moment *before = cube_moment_hold(entry->moment);
    struct cube_moment *moment = NULL;
    enum status status;
    entry->is_due = false;
    begin(entry);
    pthread_mutex_unlock(&cubes->lock);
    status = read_moment(cubes, &scope, before, &moment);
    pthread_mutex_lock(&cubes->lock);
    cube_moment_release(before);
    end(cubes, entry);
    settle(cubes, entry, &scope, status, moment);
    cube_moment_release(moment);
}

/* What is of no use any more takes no memory. */
static void rest(struct cubes *cubes)
{
    if (cubes->table.bytes == 0) {
        pthread_cond_wait(&cubes->changed, &cubes->lock);
        return;
    }
    clock_condition_wait(&cubes->changed, &cubes->lock, REST_US);
    cube_table_expire(&cubes->table, clock_monotonic_us() - cubes->table.kept_us);
}

void *cube_reading_run(void *context)
{
    struct cubes *cubes = context;
    pthread_mutex_lock(&cubes->lock);
    while (!cubes->is_closed) {
        struct cube_entry *entry = cube_table_due(&cubes->table);
        if (entry)
            read_one(cubes, entry);
        else
            rest(cubes);
    }
    pthread_mutex_unlock(&cubes->lock);
    return NULL;
}
