/* SPDX-License-Identifier: MIT */
#include "streams.h"

#include "base/clock.h"
#include "base/log.h"
#include "handlers.h"

#include <stdlib.h>
#include <string.h>

/* What this process stored shows in a counter, which costs nothing to look at; what another one stored in the database. */
static const int64_t TICK_US = 50000;
static const int64_t LOOK_US = 500000;
/* So often, a slice is woken while there are more. */
static const int64_t SLICE_US = 4000;
/* With STREAM_STALL_MS a dead peer is found within 15 s. */
static const int64_t BEAT_US = 4000000;
/* So many of the reading sessions they may use at a time: the rest is for requests. */
enum { ASKING_MAX = 2 };

static const char FAREWELL[] = "retry: 1000\nevent: end\ndata: {\"reason\":\"draining\"}\n\n";

/* --- the thread ------------------------------------------------------------------------------------------------------- */

static struct topic *find_due(struct streams *streams, int64_t now_us)
{
    struct topic *topic;
    TAILQ_FOREACH(topic, &streams->topics, link)
    {
        if (topic_is_due(topic, now_us))
            return topic;
    }
    return NULL;
}

static void ask_due(struct streams *streams)
{
    struct topic *topic;
    int64_t now_us = clock_monotonic_us();
    while (streams->asking < ASKING_MAX && (topic = find_due(streams, now_us)) != NULL)
        topic_ask(topic, now_us);
}

/* Who heard the numbers just now needs none. */
static void beat(struct streams *streams)
{
    struct topic *topic;
    int64_t now_us = clock_monotonic_us();
    TAILQ_FOREACH(topic, &streams->topics, link)
    {
        if (topic->notice != NULL && now_us - topic->said_us >= BEAT_US) {
            topic->beat++;
            topic_tell(topic, NULL);
        }
    }
}

/* True: there are more. */
static bool wake_slice(struct streams *streams)
{
    struct topic *topic;
    int left = STREAM_SLICE;
    TAILQ_FOREACH(topic, &streams->topics, link)
    {
        left -= topic_wake(topic, left);
        if (left == 0)
            return true;
    }
    return false;
}

static void wait_for(struct streams *streams, int64_t us)
{
    if (streams->count == 0)
        pthread_cond_wait(&streams->changed, &streams->lock);
    else
        clock_condition_wait(&streams->changed, &streams->lock, us);
}

static void *run(void *context)
{
    struct streams *streams = context;
    int64_t looked_us = 0;
    pthread_mutex_lock(&streams->lock);
    while (!streams->is_draining) {
        int64_t now_us = clock_monotonic_us();
        /* Before the look, which takes milliseconds: whoever came just now waits for a first reply. */
        ask_due(streams);
        if (streams->count > 0 && now_us - looked_us >= LOOK_US) {
            looked_us = now_us;
            pthread_mutex_unlock(&streams->lock);
            watch_look(streams);
            pthread_mutex_lock(&streams->lock);
            ask_due(streams);
        }
        beat(streams);
        bool has_more = wake_slice(streams);
        if (!streams->is_draining)
            wait_for(streams, has_more ? SLICE_US : TICK_US);
    }
    pthread_mutex_unlock(&streams->lock);
    return NULL;
}

/* --- opening and closing ----------------------------------------------------------------------------------------------- */

static double read_count(void *context)
{
    struct streams *streams = context;
    pthread_mutex_lock(&streams->lock);
    double count = streams->count;
    pthread_mutex_unlock(&streams->lock);
    return count;
}

static const struct route *find_metrics_route(void)
{
    size_t i = 0;
    while (api_routes[i].handler != metrics_read)
        i++;
    return &api_routes[i];
}

static void register_meters(struct streams *streams)
{
    streams->events = meter_register(METER_COUNTER, "hark_stream_events_total", NULL,
                                     "Events that were told to all streams of a topic.", NULL, 0);
    streams->inquiries = meter_register(METER_COUNTER, "hark_stream_inquiries_total", NULL,
                                        "Topics of streams that were asked about anew.", NULL, 0);
    meter_register_reader("hark_streams", NULL, "Streams that are open.", read_count, streams);
}

static void streams_init(struct streams *streams)
{
    clock_condition_init(&streams->changed);
    pthread_mutex_init(&streams->lock, NULL);
    TAILQ_INIT(&streams->topics);
}

struct streams *streams_open(struct service *service, const struct database_options *options, int limit)
{
    struct streams *streams = calloc(1, sizeof *streams);
    struct database_options reader = *options;
    reader.role = DATABASE_READER;
    if (streams == NULL || connection_open(&reader, "stream", &streams->connection) != STATUS_OK) {
        free(streams);
        return NULL;
    }
    streams->service = service;
    streams->route = find_metrics_route();
    streams->limit = limit;
    streams_init(streams);
    register_meters(streams);
    if (pthread_create(&streams->thread, NULL, run, streams) != 0)
        log_fatal("can't start the thread of the streams");
    return streams;
}

static struct notice *farewell_new(void)
{
    struct notice *notice = malloc(sizeof *notice + sizeof FAREWELL - 1);
    if (notice != NULL) {
        *notice = (struct notice){.holders = 1, .size = sizeof FAREWELL - 1};
        memcpy(notice->bytes, FAREWELL, sizeof FAREWELL - 1);
    }
    return notice;
}

void streams_drain(struct streams *streams)
{
    struct topic *topic;
    if (streams == NULL || streams->is_draining)
        return;
    pthread_mutex_lock(&streams->lock);
    streams->is_draining = true;
    pthread_cond_signal(&streams->changed);
    TAILQ_FOREACH(topic, &streams->topics, link)
    {
        topic_end(topic, farewell_new());
    }
    pthread_mutex_unlock(&streams->lock);
    pthread_join(streams->thread, NULL);
}

void streams_close(struct streams *streams)
{
    if (streams == NULL)
        return;
    streams_drain(streams);
    connection_close(streams->connection);
    watch_clear(&streams->watch);
    snapshot_release(streams->seen);
    pthread_cond_destroy(&streams->changed);
    pthread_mutex_destroy(&streams->lock);
    free(streams);
}
