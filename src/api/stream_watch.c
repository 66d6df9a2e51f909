/* SPDX-License-Identifier: MIT */
#include "storage/response.h"
#include "streams.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

/* A batch that another process began earlier may become visible later than a younger one: its time is not the latest any
 * more. So what has changed is asked for once more after this. */
static const int64_t AGAIN_US = 2000000;

void watch_clear(struct watch *watch)
{
    free(watch->ids);
    free(watch->latest_us);
    *watch = (struct watch){.ids = NULL};
}

static bool is_of(const struct topic *topic, const struct project *project)
{
    return topic->project_id != 0 ? topic->project_id == project->id
                                  : topic->organization_id == project->organization_id;
}

static bool is_asked_about(struct streams *streams, const struct project *project)
{
    const struct topic *topic;
    TAILQ_FOREACH(topic, &streams->topics, link)
    {
        if (is_of(topic, project))
            return true;
    }
    return false;
}

/* Ascending, as the directory's projects are. False: out of memory. */
static bool list_projects(struct streams *streams, const struct snapshot *snapshot, struct watch *watch)
{
    size_t count;
    const struct project *projects = snapshot_projects(snapshot, &count);
    *watch = (struct watch){
        .ids = calloc(count + 1, sizeof *watch->ids),
        .latest_us = calloc(count + 1, sizeof *watch->latest_us),
    };
    if (watch->ids == NULL || watch->latest_us == NULL)
        return false;
    pthread_mutex_lock(&streams->lock);
    for (size_t i = 0; i < count; i++)
        if (is_asked_about(streams, &projects[i]))
            watch->ids[watch->count++] = projects[i].id;
    pthread_mutex_unlock(&streams->lock);
    return true;
}

static int by_id(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a;
    int32_t right = *(const int32_t *)b;
    return (left > right) - (left < right);
}

/* One that was not watched before counts as changed: something may have come between its reading and this look. */
static bool has_changed(const struct watch *before, const struct watch *now, size_t i)
{
    const int32_t *at =
        before->count == 0 ? NULL : bsearch(&now->ids[i], before->ids, before->count, sizeof *before->ids, by_id);
    return at == NULL || before->latest_us[at - before->ids] != now->latest_us[i];
}

static void mark(struct streams *streams, const struct project *project, bool once_more)
{
    struct topic *topic;
    TAILQ_FOREACH(topic, &streams->topics, link)
    {
        if (!is_of(topic, project))
            continue;
        topic->is_stale = true;
        if (once_more)
            topic->again_us = clock_monotonic_us() + AGAIN_US;
    }
}

static void mark_changed(struct streams *streams, const struct snapshot *snapshot, const struct watch *now)
{
    pthread_mutex_lock(&streams->lock);
    for (size_t i = 0; i < now->count; i++) {
        if (has_changed(&streams->watch, now, i))
            mark(streams, snapshot_project(snapshot, now->ids[i]), true);
    }
    pthread_mutex_unlock(&streams->lock);
}

/* Those whose projects have other settings or surveys than at the last look: numbers are hidden now, say. */
static void mark_reset(struct streams *streams, const struct snapshot *snapshot, const struct watch *now)
{
    pthread_mutex_lock(&streams->lock);
    for (size_t i = 0; i < now->count; i++)
        if (!snapshot_has_same(streams->seen, snapshot, now->ids[i]))
            mark(streams, snapshot_project(snapshot, now->ids[i]), false);
    pthread_mutex_unlock(&streams->lock);
}

/* Of a key that was revoked or has expired: asking shows what is wrong with it, and ends its streams. */
static void mark_ended(struct streams *streams, const struct snapshot *snapshot)
{
    struct topic *topic;
    pthread_mutex_lock(&streams->lock);
    TAILQ_FOREACH(topic, &streams->topics, link)
    {
        if (snapshot_key(snapshot, topic->key) == NULL)
            topic->is_stale = true;
    }
    pthread_mutex_unlock(&streams->lock);
}

void watch_look(struct streams *streams)
{
    struct snapshot *snapshot = directory_hold(streams->service->directory);
    struct watch now;
    bool has_list = list_projects(streams, snapshot, &now);
    if (has_list)
        mark_reset(streams, snapshot, &now);
    mark_ended(streams, snapshot);
    bool has_read = has_list && connection_restore(streams->connection) == STATUS_OK &&
                    connection_open_projects(streams->connection, now.ids, now.count) == STATUS_OK &&
                    response_latest(streams->connection, now.ids, now.count, now.latest_us) == STATUS_OK;
    if (has_read) {
        mark_changed(streams, snapshot, &now);
        watch_clear(&streams->watch);
        streams->watch = now;
    } else {
        watch_clear(&now);
    }
    snapshot_release(streams->seen);
    streams->seen = snapshot;
}
