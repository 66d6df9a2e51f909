/* SPDX-License-Identifier: MIT */
#include "answer_cache.h"

#include "answer_question.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/meter.h"
#include "call.h"
#include "http/reply.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct answer_cache {
    pthread_mutex_t lock;
    struct answer_table table;
    struct answer_ages ages;
    struct ingest *ingest;
    struct meter *hits;
    struct meter *waits;
    struct meter *misses;
};

/* In the arena of the request that reads. */
struct answer_flight {
    struct answer_cache *cache;
    struct answer_entry *answer;
    int64_t read_us;         /* when it began to read; 0: it has not yet */
    struct request *waiting; /* linked by next_waiting of their calls */
};

static const char json_type[] = "application/json";

/* --- opening ------------------------------------------------------------------------------------------------------- */

static double read_bytes(void *context)
{
    struct answer_cache *cache = context;
    double bytes;
    pthread_mutex_lock(&cache->lock);
    bytes = (double)cache->table.bytes;
    pthread_mutex_unlock(&cache->lock);
    return bytes;
}

static double read_replies(void *context)
{
    struct answer_cache *cache = context;
    double count;
    pthread_mutex_lock(&cache->lock);
    count = (double)cache->table.count;
    pthread_mutex_unlock(&cache->lock);
    return count;
}

static void register_meters(struct answer_cache *cache)
{
    cache->hits = meter_register(METER_COUNTER, "hark_cache_hits_total", NULL,
                                 "Questions about numbers that a kept reply answered.", NULL, 0);
    cache->waits = meter_register(METER_COUNTER, "hark_cache_waits_total", NULL,
                                  "Questions that waited for the reading of another request.", NULL, 0);
    cache->misses = meter_register(METER_COUNTER, "hark_cache_misses_total", NULL,
                                   "Questions that were read from PostgreSQL.", NULL, 0);
    meter_register_reader("hark_cache_bytes", NULL, "What the kept replies take.", read_bytes, cache);
    meter_register_reader("hark_cache_replies", NULL, "Replies that are kept.", read_replies, cache);
}

struct answer_cache *answer_cache_open(const struct answer_cache_options *options, struct ingest *ingest)
{
    struct answer_cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL || !answer_table_init(&cache->table, options->bytes_max)) {
        free(cache);
        return NULL;
    }
    cache->ages = (struct answer_ages){(int64_t)options->own_ms * 1000, (int64_t)options->others_ms * 1000};
    cache->ingest = ingest;
    pthread_mutex_init(&cache->lock, NULL);
    register_meters(cache);
    return cache;
}

void answer_cache_close(struct answer_cache *cache)
{
    if (cache == NULL)
        return;
    answer_table_clear(&cache->table);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

/* --- replies ------------------------------------------------------------------------------------------------------- */

static bool has_tag(const struct request *request, const char *etag)
{
    return etag_is_listed(request_header(request, "If-None-Match"), etag);
}

static void tell(struct request *request, struct reply_body *body, const char *etag)
{
    reply_header(request, "ETag", etag);
    reply_header(request, "Cache-Control", "no-cache");
    if (has_tag(request, etag))
        reply_empty(request, 304);
    else
        reply_shared(request, 200, json_type, body);
}

/* --- asking -------------------------------------------------------------------------------------------------------- */

/* RFC 9111 section 5.2.1. No kept reply is as old as an age in whole seconds, but for an age of none. */
static bool wants_the_latest(const struct request *request)
{
    const char *control = request_header(request, "Cache-Control");
    return control &&
           (strcasestr(control, "no-cache") || strcasestr(control, "no-store") || strcasestr(control, "max-age=0"));
}

static int64_t last_commit(const struct answer_cache *cache, const struct answer_question *question)
{
    int64_t last_us = 0;
    for (size_t i = 0; i < question->project_count; i++) {
        int64_t own_us = ingest_committed_us(cache->ingest, question->projects[i]);
        if (own_us > last_us)
            last_us = own_us;
    }
    return last_us;
}

/* Those that ask for the latest are read by themselves: who waits for them would be as well served by any. */
static enum answer_step take_off(struct answer_cache *cache, struct answer_entry *answer, struct request *request,
                                 bool is_alone)
{
    struct answer_flight *flight = arena_alloc(request_arena(request), sizeof *flight);
    if (flight == NULL)
        return ANSWER_READ;
    *flight = (struct answer_flight){.cache = cache, .answer = answer};
    answer_table_pin(answer);
    if (!is_alone)
        answer->flight = flight;
    request_call(request)->flight = flight;
    return ANSWER_READ;
}

static enum answer_step wait_for(struct answer_flight *flight, struct request *request)
{
    request_call(request)->next_waiting = flight->waiting;
    flight->waiting = request;
    return ANSWER_WAITS;
}

/* *kept is to be told, and held for it. */
static enum answer_step choose(struct answer_cache *cache, const struct answer_question *question,
                               struct request *request, struct answer_entry *kept)
{
    int64_t now_us = clock_monotonic_us();
    int64_t committed_us = last_commit(cache, question);
    struct answer_entry *answer =
        answer_table_ask(&cache->table, (struct text){question->text.data, question->text.size}, now_us);
    bool is_told;

    if (answer == NULL)
        return ANSWER_READ;
    if (wants_the_latest(request))
        return take_off(cache, answer, request, true);
    is_told = answer->body && answer_is_fresh(answer, &cache->ages, answer->read_us, committed_us, now_us);
    if (is_told && (answer->flight || !answer_is_ageing(answer, &cache->ages, committed_us, now_us))) {
        *kept = *answer;
        reply_body_hold(kept->body);
        return ANSWER_SET;
    }
    if (!is_told && answer->flight &&
        (answer->flight->read_us == 0 ||
         answer_is_fresh(answer, &cache->ages, answer->flight->read_us, committed_us, now_us)))
        return wait_for(answer->flight, request);
    return take_off(cache, answer, request, false);
}

enum answer_step answer_ask(struct answer_cache *cache, struct request *request)
{
    struct answer_question question;
    struct answer_entry kept = {.body = NULL};
    enum answer_step step = ANSWER_READ;

    if (!(request_route(request)->flags & ROUTE_CACHED))
        return ANSWER_READ;
    if (answer_question_make(request, &question)) {
        pthread_mutex_lock(&cache->lock);
        step = choose(cache, &question, request, &kept);
        pthread_mutex_unlock(&cache->lock);
    }
    answer_question_clear(&question);
    meter_add(step == ANSWER_SET ? cache->hits : step == ANSWER_WAITS ? cache->waits : cache->misses, 1);
    if (step == ANSWER_SET) {
        tell(request, kept.body, kept.etag);
        reply_body_release(kept.body);
    }
    return step;
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

void answer_begin(struct request *request)
{
    struct answer_flight *flight = request_call(request)->flight;
    if (flight == NULL)
        return;
    pthread_mutex_lock(&flight->cache->lock);
    flight->read_us = clock_monotonic_us();
    pthread_mutex_unlock(&flight->cache->lock);
}

/* From here on nobody waits for it any more: returns those who did. */
static struct request *land(struct answer_flight *flight, struct reply_body *body, const char *etag)
{
    struct answer_cache *cache = flight->cache;
    struct request *waiting;
    pthread_mutex_lock(&cache->lock);
    if (flight->answer->flight == flight)
        flight->answer->flight = NULL;
    waiting = flight->waiting;
    if (body)
        answer_table_keep(&cache->table, flight->answer, body, etag, flight->read_us);
    answer_table_unpin(&cache->table, flight->answer);
    pthread_mutex_unlock(&cache->lock);
    return waiting;
}

static void finish_all(struct request *waiting, const struct request *request, struct reply_body *body,
                       const char *etag)
{
    while (waiting) {
        struct request *next = request_call(waiting)->next_waiting;
        if (body)
            tell(waiting, body, etag);
        else
            reply_repeat(waiting, request);
        request_finish(waiting);
        waiting = next;
    }
}

void answer_end(struct request *request)
{
    struct answer_flight *flight = request_call(request)->flight;
    const char *etag = reply_status(request) == 200 ? reply_header_value(request, "ETag") : NULL;
    if (flight) {
        struct reply_body *body = etag ? reply_share(request) : NULL;
        finish_all(land(flight, body, etag), request, body, etag);
        reply_body_release(body);
    }
    if (etag && has_tag(request, etag))
        reply_empty(request, 304);
}
