/* SPDX-License-Identifier: MIT */
#include "cube_reading.h"

#include "base/clock.h"
#include "base/timestamp.h"

/* How often it is looked whether one is too old. */
enum { REST_US = 1000000 };
/* One cube takes so much of all that there is, at most. */
enum { SHARE = 2 };

/* --- reading ------------------------------------------------------------------------------------------------------- */

/* With the lock. Where the plan is the first, the entry stays in the table until it is settled. */
static void start(struct cube_entry *entry, struct cube_plan *plan)
{
    plan->scope = cube_entry_scope(entry, timestamp_quarter(clock_now_us()));
    plan->before = cube_moment_hold(entry->moment);
    plan->is_first = !entry->is_reading;
    if (!plan->is_first)
        return;
    entry->is_reading = true;
    entry->reading_us = clock_monotonic_us();
}

/* Who waits for something to do has to see that something grows old. */
static void keep(struct cubes *cubes, struct cube_entry *entry, struct cube_moment *moment)
{
    if (cubes->table.bytes == 0)
        pthread_cond_signal(&cubes->changed);
    cube_table_keep(&cubes->table, entry, moment);
}

/* With the lock. The entry of one that was not the first may be gone. */
static void settle(struct cubes *cubes, const struct cube_plan *plan, enum status status, struct cube_moment *moment)
{
    struct cube_entry *entry = cube_table_find(&cubes->table, plan->scope.project_id, plan->scope.group_by);
    cube_moment_release(plan->before);
    if (plan->is_first) {
        entry->is_reading = false;
        pthread_cond_broadcast(&cubes->read);
    }
    if (entry && status == STATUS_OK)
        keep(cubes, entry, moment);
    else if (entry)
        cube_entry_fail(entry, &plan->scope, status == STATUS_TOO_LARGE, clock_monotonic_us());
}

bool cube_plan_make(struct cube_entry *entry, struct cube_plan *plan)
{
    if (entry == NULL || !entry->is_again || clock_monotonic_us() < entry->rests_until_us)
        return false;
    start(entry, plan);
    return true;
}

struct cube_moment *cube_plan_read(struct cubes *cubes, struct connection *connection, const struct cube_plan *plan)
{
    struct cube_moment *moment = NULL;
    enum status status =
        connection ? cube_moment_read(connection, &plan->scope, plan->before, cubes->table.bytes_max / SHARE, &moment)
                   : STATUS_UNAVAILABLE;
    meter_add(cubes->readings, 1);
    pthread_mutex_lock(&cubes->lock);
    settle(cubes, plan, status, moment);
    pthread_mutex_unlock(&cubes->lock);
    return moment;
}

/* --- the thread ---------------------------------------------------------------------------------------------------- */

static bool has_session(struct cubes *cubes)
{
    if (cubes->connection == NULL)
        return connection_open(&cubes->reader, "cube", &cubes->connection) == STATUS_OK;
    return connection_is_alive(cubes->connection) || connection_restore(cubes->connection) == STATUS_OK;
}

/* NULL: there is none to which the project is open. */
static struct connection *session_for(struct cubes *cubes, int32_t project_id)
{
    return has_session(cubes) && connection_open_projects(cubes->connection, &project_id, 1) == STATUS_OK
               ? cubes->connection
               : NULL;
}

/* Comes and goes with the lock. */
static void read_one(struct cubes *cubes, struct cube_entry *entry)
{
    struct cube_plan plan;
    struct cube_moment *moment;
    entry->is_due = false;
    start(entry, &plan);
    pthread_mutex_unlock(&cubes->lock);
    moment = cube_plan_read(cubes, session_for(cubes, plan.scope.project_id), &plan);
    pthread_mutex_lock(&cubes->lock);
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
