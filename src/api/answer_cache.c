/* SPDX-License-Identifier: MIT */
#include "answer_cache.h"

#include "answer_question.h"
#include "base/clock.h"
#include "base/gzip.h"
#include "base/log.h"
#include "base/meter.h"
#include "call.h"
#include "coding.h"
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
    bool packs;              /* the reply is gzipped, too */
    bool is_strict;          /* it is to hold everything that is stored when it reads */
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
                                   "Questions that were read, from PostgreSQL or counts in memory.", NULL, 0);
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

/* One reply in its forms, and the tag of the plain one. */
struct forms {
    struct reply_body *body;
    struct reply_body *packed; /* NULL: there is none */
    const char *etag;
};

/* The tag of a form that the client has and takes, the one that it would be sent first; NULL: it has none. */
static const char *known_tag(const struct request *request, const char *etag, const char *packed_tag, bool is_packed)
{
    const char *listed = request_header(request, "If-None-Match");
    const char *coding = request_header(request, "Accept-Encoding");
    const char *tags[2] = {etag, packed_tag};
    const bool takes[2] = {!coding_refuses_identity(coding), coding_takes_gzip(coding)};
    for (int i = 0; i < 2; i++) {
        int form = is_packed ? 1 - i : i;
        if ((takes[form] || i == 0) && etag_is_listed(listed, tags[form]))
            return tags[form];
    }
    return NULL;
}

/* Which form it is goes by the weights; one that is refused is sent where there is no other. */
static void tell(struct request *request, const struct forms *forms)
{
    char packed_tag[ETAG_GZIP_SIZE];
    bool is_packed = forms->packed && coding_prefers_gzip(request_header(request, "Accept-Encoding"));
    const char *known;
    etag_of_gzip(forms->etag, packed_tag);
    known = known_tag(request, forms->etag, packed_tag, is_packed);
    reply_header_set(request, "ETag", known ? known : is_packed ? packed_tag : forms->etag);
    reply_header_set(request, "Cache-Control", "no-cache");
    reply_header_set(request, "Vary", "Accept-Encoding");
    if (known) {
        reply_empty(request, 304);
    } else if (is_packed) {
        reply_header_set(request, "Content-Encoding", "gzip");
        reply_shared(request, 200, json_type, forms->packed);
    } else if (forms->body) {
        reply_shared(request, 200, json_type, forms->body);
    }
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

static bool refuses_identity(const struct request *request)
{
    return coding_refuses_identity(request_header(request, "Accept-Encoding"));
}

/* Those that ask for the latest are read by themselves: who waits for them would be as well served by any. */
static enum answer_step take_off(struct answer_cache *cache, struct answer_entry *answer, struct request *request,
                                 bool is_alone)
{
    struct answer_flight *flight = arena_alloc(request_arena(request), sizeof *flight);
    if (flight == NULL)
        return ANSWER_READ;
    *flight = (struct answer_flight){.cache = cache, .answer = answer};
    flight->packs = answer->wants_packed || refuses_identity(request);
    answer_table_pin(answer);
    flight->is_strict = is_alone;
    if (!is_alone)
        answer->flight = flight;
    request_call(request)->flight = flight;
    return ANSWER_READ;
}

static enum answer_step wait_for(struct answer_flight *flight, struct request *request)
{
    flight->packs = flight->packs || refuses_identity(request);
    request_call(request)->next_waiting = flight->waiting;
    flight->waiting = request;
    return ANSWER_WAITS;
}

/* Gzipping takes longer than sending once: it is for what is told from memory, from its next reading on. */
static void note_coding(struct answer_entry *answer, const struct request *request)
{
    if (answer->body || answer->flight)
        answer->wants_packed = answer->wants_packed || coding_prefers_gzip(request_header(request, "Accept-Encoding"));
}

static bool is_tellable(const struct answer_cache *cache, const struct answer_entry *answer,
                        const struct request *request, int64_t committed_us, int64_t now_us)
{
    return answer->body && answer_age_is_fresh(&cache->ages, &answer->demand, answer->read_us, committed_us, now_us) &&
           (answer->packed || !refuses_identity(request));
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
    note_coding(answer, request);
    is_told = is_tellable(cache, answer, request, committed_us, now_us);
    if (is_told && (answer->flight || !answer_age_is_high(&cache->ages, answer->read_us, committed_us, now_us))) {
        *kept = *answer;
        reply_body_hold(kept->body);
        if (kept->packed)
            reply_body_hold(kept->packed);
        return ANSWER_SET;
    }
    if (!is_told && answer->flight &&
        (answer->flight->read_us == 0 ||
         answer_age_is_fresh(&cache->ages, &answer->demand, answer->flight->read_us, committed_us, now_us)))
        return wait_for(answer->flight, request);
    return take_off(cache, answer, request, false);
}

enum answer_step answer_ask(struct answer_cache *cache, struct request *request)
{
    struct answer_question question;
    struct answer_entry kept = {.body = NULL, .packed = NULL};
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
        tell(request, &(struct forms){kept.body, kept.packed, kept.etag});
        reply_body_release(kept.body);
        reply_body_release(kept.packed);
    }
    return step;
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

static void note_reading(struct answer_flight *flight, int64_t read_us)
{
    pthread_mutex_lock(&flight->cache->lock);
    flight->read_us = read_us;
    pthread_mutex_unlock(&flight->cache->lock);
}

static bool is_to_be_packed(struct answer_flight *flight)
{
    bool packs;
    pthread_mutex_lock(&flight->cache->lock);
    packs = flight->packs;
    pthread_mutex_unlock(&flight->cache->lock);
    return packs;
}

void answer_begin(struct request *request)
{
    struct answer_flight *flight = request_call(request)->flight;
    if (flight)
        note_reading(flight, clock_monotonic_us());
}

bool answer_may_lag(const struct request *request)
{
    const struct answer_flight *flight = request_call(request)->flight;
    return flight && !flight->is_strict;
}

bool answer_is_short(const struct request *request)
{
    return answer_may_lag(request) && !is_to_be_packed(request_call(request)->flight);
}

void answer_date_back(struct request *request, int64_t read_us)
{
    note_reading(request_call(request)->flight, read_us);
}

static struct reply_body *pack(const struct reply_body *body)
{
    size_t size;
    char *bytes = gzip_pack(reply_body_bytes(body), reply_body_size(body), &size);
    struct reply_body *packed = bytes ? reply_body_new(bytes, size) : NULL;
    if (packed == NULL)
        free(bytes);
    return packed;
}

/* From here on nobody waits for it any more: returns those who did. */
static struct request *land(struct answer_flight *flight, const struct forms *forms)
{
    struct answer_cache *cache = flight->cache;
    struct request *waiting;
    pthread_mutex_lock(&cache->lock);
    if (flight->answer->flight == flight)
        flight->answer->flight = NULL;
    waiting = flight->waiting;
    if (forms->body)
        answer_table_keep(&cache->table, flight->answer, forms->body, forms->packed, forms->etag, flight->read_us);
    answer_table_unpin(&cache->table, flight->answer);
    pthread_mutex_unlock(&cache->lock);
    return waiting;
}

static void finish_all(struct request *waiting, const struct request *request, const struct forms *forms)
{
    while (waiting) {
        struct request *next = request_call(waiting)->next_waiting;
        if (forms->body)
            tell(waiting, forms);
        else
            reply_repeat(waiting, request);
        request_finish(waiting);
        waiting = next;
    }
}

void answer_end(struct request *request)
{
    struct answer_flight *flight = request_call(request)->flight;
    struct forms forms = {NULL, NULL, reply_status(request) == 200 ? reply_header_value(request, "ETag") : NULL};
    if (flight && forms.etag)
        forms.body = reply_share(request);
    if (forms.body && is_to_be_packed(flight))
        forms.packed = pack(forms.body);
    if (flight)
        finish_all(land(flight, &forms), request, &forms);
    if (forms.etag && (request_route(request)->flags & ROUTE_CACHED))
        tell(request, &forms);
    reply_body_release(forms.body);
    reply_body_release(forms.packed);
}
