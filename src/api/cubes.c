/* SPDX-License-Identifier: MIT */
#include "cubes.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/meter.h"
#include "base/timestamp.h"
#include "call.h"
#include "cube_table.h"

#include <pthread.h>
#include <stdlib.h>

/* Once is not often enough to read for whoever may come next. */
enum { ASKED_TWICE = 2 };
/* The next reading begins so early that it may take this many times as long as the last one. */
enum { TIMES_AS_LONG = 3 };
/* How often it is looked whether one is too old to be told. */
enum { REST_US = 1000000 };
/* One cube takes so much of all that there is, at most. */
enum { SHARE = 2 };

struct cubes {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_cond_t read; /* a reading is over */
    struct cube_table table;
    struct answer_ages ages;
    struct ingest *ingest;
    struct database_options reader;
    struct connection *connection; /* the thread's own; NULL: none yet */
    pthread_t thread;
    bool is_closed;
    struct meter *answers;
    struct meter *readings;
};

/* --- telling ------------------------------------------------------------------------------------------------------- */

/* Whoever joins the request from here on goes by what the cube holds: so it must be fresh after that was noted. */
static bool claim(struct cubes *cubes, const struct cube_entry *entry, struct request *request,
                  const struct rollup_query *query)
{
    int64_t read_us;
    bool is_fresh;
    if (entry->moment == NULL || !cube_tells(entry->moment->cube, query))
        return false;
    read_us = entry->moment->read_us;
    answer_date_back(request, read_us);
    is_fresh = answer_age_is_fresh(&cubes->ages, &entry->demand, read_us,
                                   ingest_committed_us(cubes->ingest, entry->project_id), clock_monotonic_us());
    if (!is_fresh)
        answer_begin(request);
    return is_fresh;
}

/* Whether a cube would be of use to the next question: while answers come in, those that are asked seldom are read each time. */
static bool is_worth_it(const struct cubes *cubes, const struct cube_entry *entry, int64_t committed_us, int64_t now_us)
{
    return answer_demand_count(&entry->demand) >= ASKED_TWICE && now_us >= entry->rests_until_us &&
           (answer_demand_is_high(&entry->demand) || now_us - committed_us >= cubes->ages.others_us);
}

/* By half of its time, or earlier where reading takes long; but half of the time at most is spent on it. */
static bool is_ageing(const struct cubes *cubes, const struct cube_moment *moment, int64_t committed_us, int64_t now_us)
{
    int64_t age_us = now_us - moment->read_us;
    int64_t left_us = answer_age_max(&cubes->ages, moment->read_us, committed_us) - age_us;
    return answer_age_is_high(&cubes->ages, moment->read_us, committed_us, now_us) ||
           (left_us < TIMES_AS_LONG * moment->took_us && age_us > 2 * moment->took_us);
}

static bool is_to_be_read(const struct cubes *cubes, const struct cube_entry *entry, const struct rollup_query *query,
                          int64_t now_us)
{
    int64_t committed_us = ingest_committed_us(cubes->ingest, entry->project_id);
    return !entry->is_due && !entry->is_reading && is_worth_it(cubes, entry, committed_us, now_us) &&
           (entry->moment == NULL || !cube_reaches(entry->moment->cube, query) ||
            is_ageing(cubes, entry->moment, committed_us, now_us));
}

/* What it is told instead is read by the thread right now: sooner there than if all who ask read it for themselves. */
static bool is_worth_waiting(const struct cubes *cubes, const struct cube_entry *entry,
                             const struct rollup_query *query, int64_t now_us)
{
    return entry->is_reading && entry->moment && cube_tells(entry->moment->cube, query) &&
           answer_age_is_fresh(&cubes->ages, &entry->demand, entry->reading_us,
                               ingest_committed_us(cubes->ingest, entry->project_id), now_us);
}

static void note_wanted(struct cubes *cubes, struct cube_entry *entry, const struct rollup_query *query, int64_t now_us)
{
    if (!is_to_be_read(cubes, entry, query, now_us))
        return;
    entry->is_due = true;
    pthread_cond_signal(&cubes->changed);
}

/* The entry of the question, counted as asked; NULL: none, or the question cuts a day of its cube, and a newer one would not
 * answer it either. */
static struct cube_entry *ask(struct cubes *cubes, const struct rollup_query *query, int64_t now_us)
{
    struct cube_entry *entry = cube_table_ask(&cubes->table, query);
    if (entry == NULL || !cube_entry_ask(entry, query, now_us))
        return NULL;
    if (entry->moment && cube_reaches(entry->moment->cube, query) && !cube_tells(entry->moment->cube, query))
        return NULL;
    answer_demand_add(&entry->demand, now_us);
    return entry;
}

/* What to tell from, held; NULL: nothing. */
static struct cube_moment *choose(struct cubes *cubes, struct request *request, const struct rollup_query *query)
{
    struct cube_entry *entry = ask(cubes, query, clock_monotonic_us());
    if (entry == NULL)
        return NULL;
    if (!claim(cubes, entry, request, query) && is_worth_waiting(cubes, entry, query, clock_monotonic_us())) {
        pthread_cond_wait(&cubes->read, &cubes->lock);
        entry = cube_table_ask(&cubes->table, query);
    }
    if (entry == NULL)
        return NULL;
    note_wanted(cubes, entry, query, clock_monotonic_us());
    if (!claim(cubes, entry, request, query))
        return NULL;
    entry->moment->holders++;
    return entry->moment;
}

static void release(struct cubes *cubes, struct cube_moment *moment)
{
    pthread_mutex_lock(&cubes->lock);
    cube_moment_release(moment);
    pthread_mutex_unlock(&cubes->lock);
}

bool cubes_answer(struct request *request, const struct rollup_query *query, struct arena *arena, struct rollup *rollup,
                  int64_t *as_of_us)
{
    struct cubes *cubes = request_call(request)->service->cubes;
    struct cube_moment *moment;
    enum status status;
    if (!answer_may_lag(request) || !cube_is_for(query) || cubes->table.bytes_max == 0)
        return false;
    pthread_mutex_lock(&cubes->lock);
    moment = choose(cubes, request, query);
    pthread_mutex_unlock(&cubes->lock);
    if (moment == NULL)
        return false;
    status = cube_answer(moment->cube, query, arena, rollup);
    *as_of_us = status == STATUS_OK ? moment->as_of_us : *as_of_us;
    release(cubes, moment);
    if (status != STATUS_OK)
        answer_begin(request);
    meter_add(cubes->answers, status == STATUS_OK);
    return status == STATUS_OK;
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

static bool has_session(struct cubes *cubes)
{
    if (cubes->connection == NULL)
        return connection_open(&cubes->reader, "cube", &cubes->connection) == STATUS_OK;
    return connection_is_alive(cubes->connection) || connection_restore(cubes->connection) == STATUS_OK;
}

/* With nothing locked. */
static enum status read_moment(struct cubes *cubes, const struct cube_scope *scope, struct cube_moment **moment)
{
    struct cube_moment *made = calloc(1, sizeof *made);
    enum status status = has_session(cubes) ? STATUS_OK : STATUS_UNAVAILABLE;
    *moment = NULL;
    if (made == NULL)
        return STATUS_NO_MEMORY;
    made->read_us = clock_monotonic_us();
    made->as_of_us = clock_now_us();
    if (status == STATUS_OK)
        status = connection_open_projects(cubes->connection, &scope->project_id, 1);
    if (status == STATUS_OK)
        status = cube_read(cubes->connection, scope, cubes->table.bytes_max / SHARE, &made->cube);
    made->took_us = clock_monotonic_us() - made->read_us;
    meter_add(cubes->readings, 1);
    if (status == STATUS_OK)
        *moment = made;
    else
        free(made);
    return status;
}

/* Comes and goes with the lock. */
static void read_one(struct cubes *cubes, struct cube_entry *entry)
{
    struct cube_scope scope = cube_entry_scope(entry, timestamp_quarter(clock_now_us()));
    struct cube_moment *moment;
    enum status status;
    entry->is_due = false;
    entry->is_reading = true;
    entry->reading_us = clock_monotonic_us();
    pthread_mutex_unlock(&cubes->lock);
    status = read_moment(cubes, &scope, &moment);
    pthread_mutex_lock(&cubes->lock);
    entry->is_reading = false;
    pthread_cond_broadcast(&cubes->read);
    if (status == STATUS_OK)
        cube_table_keep(&cubes->table, entry, moment);
    else
        cube_entry_fail(entry, &scope, status == STATUS_TOO_LARGE, clock_monotonic_us());
}

/* What is too old to be told takes no memory. */
static void rest(struct cubes *cubes)
{
    if (cubes->table.bytes == 0) {
        pthread_cond_wait(&cubes->changed, &cubes->lock);
        return;
    }
    clock_condition_wait(&cubes->changed, &cubes->lock, REST_US);
    cube_table_expire(&cubes->table, clock_monotonic_us() - 2 * cubes->ages.others_us);
}

static void *run(void *context)
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

/* --- opening and closing ------------------------------------------------------------------------------------------- */

static double read_bytes(void *context)
{
    struct cubes *cubes = context;
    double bytes;
    pthread_mutex_lock(&cubes->lock);
    bytes = (double)cubes->table.bytes;
    pthread_mutex_unlock(&cubes->lock);
    return bytes;
}

static void register_meters(struct cubes *cubes)
{
    cubes->answers = meter_register(METER_COUNTER, "hark_cube_answers_total", NULL,
                                    "New questions about numbers that counts in memory answered.", NULL, 0);
    cubes->readings = meter_register(METER_COUNTER, "hark_cube_readings_total", NULL,
                                     "Counts of a project that were read into memory.", NULL, 0);
    meter_register_reader("hark_cube_bytes", NULL, "What counts in memory take.", read_bytes, cubes);
}

static void init(struct cubes *cubes)
{
    clock_condition_init(&cubes->changed);
    pthread_cond_init(&cubes->read, NULL);
    pthread_mutex_init(&cubes->lock, NULL);
}

struct cubes *cubes_open(const struct answer_cache_options *options, const struct database_options *database,
                         struct ingest *ingest)
{
    struct cubes *cubes = calloc(1, sizeof *cubes);
    if (cubes == NULL)
        return NULL;
    cube_table_init(&cubes->table, options->bytes_max);
    cubes->ages = (struct answer_ages){(int64_t)options->own_ms * 1000, (int64_t)options->others_ms * 1000};
    cubes->ingest = ingest;
    cubes->reader = *database;
    cubes->reader.role = DATABASE_READER;
    init(cubes);
    register_meters(cubes);
    if (pthread_create(&cubes->thread, NULL, run, cubes) != 0)
        log_fatal("can't start the thread that reads counts");
    return cubes;
}

void cubes_close(struct cubes *cubes)
{
    if (cubes == NULL)
        return;
    pthread_mutex_lock(&cubes->lock);
    cubes->is_closed = true;
    pthread_cond_signal(&cubes->changed);
    pthread_mutex_unlock(&cubes->lock);
    pthread_join(cubes->thread, NULL);
    connection_close(cubes->connection);
    cube_table_clear(&cubes->table);
    pthread_cond_destroy(&cubes->changed);
    pthread_cond_destroy(&cubes->read);
    pthread_mutex_destroy(&cubes->lock);
    free(cubes);
}
