/* SPDX-License-Identifier: MIT */
#include "cubes.h"

#include "base/clock.h"
#include "base/log.h"
#include "call.h"
#include "cube_reading.h"

#include <stdlib.h>

/* Once is not often enough to read for whoever may come next. */
enum { ASKED_TWICE = 2 };
/* The next reading begins so early that it may take this many times as long as the last one. */
enum { TIMES_AS_LONG = 3 };
/* So many times as long as it may be told it is kept for who reads it anew: most days are the same for a minute. */
enum { KEPT_TIMES = 60 };
/* To add up so much takes a fraction of a millisecond. */
enum { BYTES_AT_ONCE = 1 << 20 };

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

static bool is_to_be_read(const struct cubes *cubes, const struct cube_entry *entry, int64_t now_us)
{
    int64_t committed_us = ingest_committed_us(cubes->ingest, entry->project_id);
    return !entry->is_due && !entry->is_reading && is_worth_it(cubes, entry, committed_us, now_us) &&
           is_ageing(cubes, entry->moment, committed_us, now_us);
}

/* It is being read right now: sooner told so than if all who ask read it for themselves. */
static bool is_worth_waiting(const struct cubes *cubes, const struct cube_entry *entry,
                             const struct rollup_query *query, int64_t now_us)
{
    return entry->is_reading && entry->moment && cube_tells(entry->moment->cube, query) &&
           answer_age_is_fresh(&cubes->ages, &entry->demand, entry->reading_us,
                               ingest_committed_us(cubes->ingest, entry->project_id), now_us);
}

/* Of one that is told from. */
static void note_wanted(struct cubes *cubes, struct cube_entry *entry, int64_t now_us)
{
    if (!is_to_be_read(cubes, entry, now_us))
        return;
    entry->is_due = true;
    pthread_cond_signal(&cubes->changed);
}

/* The question cuts a day of the cube, and of a newer one it would, too. */
static bool is_cutting(const struct cube_entry *entry, const struct rollup_query *query)
{
    const struct cube_moment *moment = entry->moment;
    return moment && cube_reaches(moment->cube, query) && !cube_tells(moment->cube, query) &&
           !cube_entry_may_tell(entry, query);
}

static struct cube_entry *find(const struct cubes *cubes, const struct rollup_query *query)
{
    return cube_table_find(&cubes->table, query->project_ids[0], query->group_by);
}

/* The entry of the question, counted as asked; NULL: it is not for counts in memory. */
static struct cube_entry *ask(struct cubes *cubes, const struct rollup_query *query, int64_t now_us)
{
    struct cube_entry *entry = cube_table_ask(&cubes->table, query);
    if (entry == NULL || !cube_entry_ask(entry, query, now_us) || is_cutting(entry, query))
        return NULL;
    answer_demand_add(&entry->demand, now_us);
    return entry;
}

/* What to tell from, held; NULL: nothing. */
static struct cube_moment *choose(struct cubes *cubes, struct request *request, const struct rollup_query *query)
{
    struct cube_entry *entry = find(cubes, query);
    if (!claim(cubes, entry, request, query) && is_worth_waiting(cubes, entry, query, clock_monotonic_us())) {
        pthread_cond_wait(&cubes->read, &cubes->lock);
        entry = find(cubes, query);
    }
    if (entry == NULL || !claim(cubes, entry, request, query))
        return NULL;
    note_wanted(cubes, entry, clock_monotonic_us());
    return cube_moment_hold(entry->moment);
}

/* The same without waiting; a question that nothing is told to is not counted. */
static struct cube_moment *choose_at_once(struct cubes *cubes, struct request *request,
                                          const struct rollup_query *query, size_t groups_max)
{
    struct cube_entry *entry = find(cubes, query);
    if (entry == NULL || entry->moment == NULL || cube_bytes(entry->moment->cube) > BYTES_AT_ONCE ||
        cube_group_count(entry->moment->cube) > groups_max || !claim(cubes, entry, request, query) ||
        ask(cubes, query, clock_monotonic_us()) == NULL)
        return NULL;
    note_wanted(cubes, entry, clock_monotonic_us());
    return cube_moment_hold(entry->moment);
}

static void release(struct cubes *cubes, struct cube_moment *moment)
{
    pthread_mutex_lock(&cubes->lock);
    cube_moment_release(moment);
    pthread_mutex_unlock(&cubes->lock);
}

/* Releases the moment. */
static bool tell(struct cubes *cubes, struct cube_moment *moment, const struct rollup_query *query, struct arena *arena,
                 struct rollup *rollup, int64_t *as_of_us)
{
    bool is_told = cube_tells(moment->cube, query) && cube_answer(moment->cube, query, arena, rollup) == STATUS_OK;
    if (is_told)
        *as_of_us = moment->as_of_us;
    release(cubes, moment);
    return is_told;
}

/* --- answering ----------------------------------------------------------------------------------------------------- */

bool cubes_answer(struct request *request, struct connection *connection, const struct rollup_query *query,
                  struct arena *arena, struct rollup *rollup, int64_t *as_of_us)
{
    struct cubes *cubes = request_call(request)->service->cubes;
    struct cube_moment *moment = NULL;
    struct cube_plan plan;
    bool reads = false;
    if (!cube_is_for(query) || cubes->table.bytes_max == 0)
        return false;
    pthread_mutex_lock(&cubes->lock);
    if (ask(cubes, query, clock_monotonic_us())) {
        if (answer_may_lag(request))
            moment = choose(cubes, request, query);
        reads = moment == NULL && cube_plan_make(find(cubes, query), &plan);
    }
    pthread_mutex_unlock(&cubes->lock);
    if (moment && tell(cubes, moment, query, arena, rollup, as_of_us)) {
        meter_add(cubes->answers, 1);
        return true;
    }
    if (moment)
        answer_begin(request);
    if (!reads)
        return false;
    moment = cube_plan_read(cubes, connection, &plan);
    return moment && tell(cubes, moment, query, arena, rollup, as_of_us);
}

bool cubes_tell_at_once(struct request *request, const struct rollup_query *query, size_t groups_max,
                        struct arena *arena, struct rollup *rollup, int64_t *as_of_us)
{
    struct cubes *cubes = request_call(request)->service->cubes;
    struct cube_moment *moment;
    if (!cube_is_for(query))
        return false;
    pthread_mutex_lock(&cubes->lock);
    moment = choose_at_once(cubes, request, query, groups_max);
    pthread_mutex_unlock(&cubes->lock);
    if (moment == NULL || !tell(cubes, moment, query, arena, rollup, as_of_us))
        return false;
    meter_add(cubes->answers, 1);
    return true;
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
    cubes->ages = (struct answer_ages){(int64_t)options->own_ms * 1000, (int64_t)options->others_ms * 1000};
    cube_table_init(&cubes->table, options->bytes_max, KEPT_TIMES * cubes->ages.others_us);
    cubes->ingest = ingest;
    cubes->reader = *database;
    cubes->reader.role = DATABASE_READER;
    init(cubes);
    register_meters(cubes);
    if (pthread_create(&cubes->thread, NULL, cube_reading_run, cubes) != 0)
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
