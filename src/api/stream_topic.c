/* SPDX-License-Identifier: MIT */
#include "base/buffer.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "call.h"
#include "http/reply.h"
#include "ingest/ingest.h"
#include "streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One topic is asked about at most four times a second, less often where many wait for the reply: a delivery costs some 18 us. */
static const int64_t PAUSE_US = 250000;
static const int64_t PAUSE_A_STREAM_US = 350;
static const int64_t LONGEST_PAUSE_US = 700000;
/* After a reply that could not be had. */
static const int64_t RETRY_US = 1000000;

/* --- notices ----------------------------------------------------------------------------------------------------------- */

struct notice *notice_new(const char *name, const char *id, const char *data, size_t size)
{
    struct buffer text;
    buffer_init(&text);
    buffer_format(&text, "event: %s\n", name);
    if (id != NULL)
        buffer_format(&text, "id: %s\n", id);
    buffer_string(&text, "data: ");
    buffer_append(&text, data, size);
    buffer_string(&text, "\n\n");
    struct notice *notice = text.failed ? NULL : malloc(sizeof *notice + text.size);
    if (notice != NULL) {
        *notice = (struct notice){.holders = 1, .size = text.size};
        memcpy(notice->bytes, text.data, text.size);
    }
    buffer_clear(&text);
    return notice;
}

void notice_release(struct notice *notice)
{
    if (notice != NULL && --notice->holders == 0)
        free(notice);
}

/* --- topics ------------------------------------------------------------------------------------------------------------ */

static void write_query(struct buffer *text, const struct request *request)
{
    size_t count;
    const struct query_pair *pairs = request_query(request, &count);
    for (size_t i = 0; i < count; i++) {
        /* With the NUL: names and values hold none. */
        buffer_append(text, pairs[i].name, strlen(pairs[i].name) + 1);
        buffer_append(text, pairs[i].value, strlen(pairs[i].value) + 1);
    }
}

static bool is_same(const struct topic *topic, const struct key *key, const struct buffer *text)
{
    return topic->size == text->size && memcmp(topic->key, key->digest, DIGEST_SIZE) == 0 &&
           (text->size == 0 || memcmp(topic->text, text->data, text->size) == 0);
}

static struct topic *topic_new(struct streams *streams, const struct key *key, struct buffer *text)
{
    struct topic *topic = calloc(1, sizeof *topic);
    if (topic == NULL)
        return NULL;
    memcpy(topic->key, key->digest, DIGEST_SIZE);
    topic->owner = streams;
    topic->organization_id = key->organization_id;
    topic->project_id = key->project_id;
    topic->text = buffer_take(text, &topic->size);
    topic->again_us = INT64_MAX;
    topic->is_stale = true;
    LIST_INIT(&topic->streams);
    TAILQ_INSERT_HEAD(&streams->topics, topic, link);
    return topic;
}

struct topic *topic_of(struct streams *streams, const struct request *request)
{
    const struct key *key = request_principal(request)->key;
    struct topic *topic = NULL;
    struct buffer text;
    buffer_init(&text);
    write_query(&text, request);
    if (!text.failed) {
        TAILQ_FOREACH(topic, &streams->topics, link)
        {
            if (is_same(topic, key, &text))
                break;
        }
        if (topic == NULL)
            topic = topic_new(streams, key, &text);
    }
    buffer_clear(&text);
    return topic;
}

void topic_free_unused(struct topic *topic)
{
    if (topic->is_asking || !LIST_EMPTY(&topic->streams))
        return;
    TAILQ_REMOVE(&topic->owner->topics, topic, link);
    notice_release(topic->notice);
    free(topic->text);
    free(topic);
}

static void replace_notice(struct topic *topic, struct notice *notice)
{
    if (notice == NULL)
        return;
    notice_release(topic->notice);
    topic->notice = notice;
    topic->version++;
    meter_add(topic->owner->events, 1);
}

static bool has_news(const struct stream *stream)
{
    const struct topic *topic = stream->topic;
    return stream->ends || stream->told != topic->version || stream->beat != topic->beat;
}

static void wake(struct stream *stream)
{
    if (stream->is_open) {
        request_continue(stream->request);
    } else if (stream->topic->notice != NULL) {
        stream_open(stream);
        request_finish(stream->request);
    }
}

/* Who is being woken already for something older gets this in its place; who was woken is woken again. */
void topic_tell(struct topic *topic, struct notice *notice)
{
    replace_notice(topic, notice);
    topic->said_us = clock_monotonic_us();
    if (topic->next == NULL)
        topic->next = LIST_FIRST(&topic->streams);
    else
        topic->wakes_again = true;
}

int topic_wake(struct topic *topic, int count)
{
    int woken = 0;
    while (topic->next != NULL && woken < count) {
        struct stream *stream = topic->next;
        topic->next = LIST_NEXT(stream, link);
        if (has_news(stream)) {
            wake(stream);
            woken++;
        }
        if (topic->next == NULL && topic->wakes_again) {
            topic->wakes_again = false;
            topic->next = LIST_FIRST(&topic->streams);
        }
    }
    return woken;
}

void topic_end(struct topic *topic, struct notice *notice)
{
    struct stream *stream;
    replace_notice(topic, notice);
    LIST_FOREACH(stream, &topic->streams, link)
    {
        stream->ends = true;
        wake(stream);
    }
}

/* --- asking ------------------------------------------------------------------------------------------------------------ */

static int64_t committed_us(const struct topic *topic)
{
    const struct service *service = topic->owner->service;
    int64_t latest_us = 0;
    if (topic->project_id != 0)
        return ingest_committed_us(service->ingest, topic->project_id);
    struct snapshot *snapshot = directory_hold(service->directory);
    size_t count;
    const struct project *projects = snapshot_projects(snapshot, &count);
    for (size_t i = 0; i < count; i++) {
        int64_t own_us = projects[i].organization_id == topic->organization_id
                             ? ingest_committed_us(service->ingest, projects[i].id)
                             : 0;
        latest_us = own_us > latest_us ? own_us : latest_us;
    }
    snapshot_release(snapshot);
    return latest_us;
}

bool topic_is_due(const struct topic *topic, int64_t now_us)
{
    if (topic->is_asking || now_us < topic->not_before_us || LIST_EMPTY(&topic->streams))
        return false;
    return topic->is_stale || now_us >= topic->again_us || topic->to_quarter != timestamp_quarter(clock_now_us()) ||
           committed_us(topic) >= topic->asked_us;
}

static int64_t pause_of(const struct topic *topic)
{
    int64_t pause_us = topic->stream_count * PAUSE_A_STREAM_US;
    if (pause_us < PAUSE_US)
        return PAUSE_US;
    return pause_us > LONGEST_PAUSE_US ? LONGEST_PAUSE_US : pause_us;
}

static bool passes_by_itself(int status)
{
    return status >= 500 || status == 429;
}

/* The numbers, where they differ from those told before. data is without the line's end. */
static void take_numbers(struct topic *topic, const struct request *reply)
{
    const char *etag = reply_header_value(reply, "ETag");
    size_t size;
    const char *body = inquiry_body(reply, &size);
    if (etag == NULL || (topic->notice != NULL && strcmp(topic->etag, etag) == 0))
        return;
    while (size > 0 && body[size - 1] == '\n')
        size--;
    struct notice *notice = notice_new("metrics", etag, body, size);
    if (notice == NULL) {
        topic->is_stale = true;
        return;
    }
    snprintf(topic->etag, sizeof topic->etag, "%s", etag);
    topic_tell(topic, notice);
    (void)topic_wake(topic, STREAM_SLICE); /* the thread, which sees to the others, may be looking at the database */
}

/* Those that wait get the problem as their reply; those that are open as their last notice, unless it passes by itself. */
static void take_problem(struct topic *topic, const struct request *reply)
{
    struct stream *stream;
    struct stream *next;
    size_t size;
    const char *body = inquiry_body(reply, &size);
    if (passes_by_itself(reply_status(reply))) {
        topic->is_stale = true;
        topic->not_before_us = clock_monotonic_us() + RETRY_US;
    } else if (topic->notice != NULL) {
        topic_end(topic, notice_new("problem", NULL, body, size));
    }
    for (stream = LIST_FIRST(&topic->streams); stream != NULL; stream = next) {
        next = LIST_NEXT(stream, link);
        if (!stream->is_open)
            stream_refuse(stream, reply);
    }
}

static void on_reply(struct request *reply)
{
    struct topic *topic = inquiry_mark(reply);
    struct streams *streams = topic->owner;
    pthread_mutex_lock(&streams->lock);
    if (streams->is_draining && topic->notice != NULL)
        ; /* they were told to go */
    else if (reply_status(reply) == 200)
        take_numbers(topic, reply);
    else
        take_problem(topic, reply);
    streams->asking--;
    topic->is_asking = false;
    topic_free_unused(topic);
    pthread_cond_signal(&streams->changed);
    pthread_mutex_unlock(&streams->lock);
}

/* Asked by one of its streams for all of them: what that one sent is the question. */
void topic_ask(struct topic *topic, int64_t now_us)
{
    struct streams *streams = topic->owner;
    struct request *request = LIST_FIRST(&topic->streams)->request;
    request_hold(request);
    topic->is_asking = true;
    topic->is_stale = false;
    if (now_us >= topic->again_us)
        topic->again_us = INT64_MAX;
    topic->asked_us = now_us;
    topic->to_quarter = timestamp_quarter(clock_now_us());
    topic->not_before_us = now_us + pause_of(topic);
    streams->asking++;
    meter_add(streams->inquiries, 1);
    TAILQ_REMOVE(&streams->topics, topic, link);
    TAILQ_INSERT_TAIL(&streams->topics, topic, link);
    pthread_mutex_unlock(&streams->lock);
    bool is_asked = inquiry_start(request, streams->route, topic, on_reply);
    request_release(request);
    pthread_mutex_lock(&streams->lock);
    if (is_asked)
        return;
    topic->is_asking = false;
    topic->is_stale = true;
    topic->not_before_us = now_us + RETRY_US;
    streams->asking--;
    topic_free_unused(topic);
}
