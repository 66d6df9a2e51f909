/* SPDX-License-Identifier: MIT */
#include "demo_fill.h"

#include "base/clock.h"
#include "base/log.h"
#include "inner_service.h"
#include "loopback.h"
#include "storage/day.h"
#include "storage/statistics.h"
#include "storage/verify.h"

#include "http/server.h"

#include <stdbool.h>
#include <stdio.h>

/* Of one request. */
enum { LINES_SIZE = 4 << 20, RETRIES_MAX = 50, LISTED = 5 };

struct feed {
    struct loopback loopback;
    struct demo *demo;
    struct buffer responses;
    struct buffer events;
    struct demo_filled *filled;
};

static enum status post(struct feed *feed, const char *path, struct buffer *lines, size_t least, size_t *sum)
{
    size_t accepted = 0;
    if (lines->failed)
        return STATUS_NO_MEMORY;
    if (lines->size <= least)
        return STATUS_OK;
    enum status status = loopback_post(&feed->loopback, path, lines, &accepted);
    *sum += accepted;
    buffer_reset(lines);
    return status;
}

/* What is longer than `least`. */
static enum status post_both(struct feed *feed, size_t least)
{
    enum status status = post(feed, "/v1/responses", &feed->responses, least, &feed->filled->responses);
    return status == STATUS_OK ? post(feed, "/v1/events", &feed->events, least, &feed->filled->events) : status;
}

static enum status post_year(struct feed *feed)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK && demo_next_day(feed->demo, &feed->responses, &feed->events))
        status = post_both(feed, LINES_SIZE);
    if (status == STATUS_OK)
        status = post_both(feed, 0);
    if (status == STATUS_OK &&
        (feed->filled->responses != demo_responses(feed->demo) || feed->filled->events != demo_events(feed->demo)))
        log_error("not all lines were stored");
    return status;
}

static enum status feed_service(const char *address, const char *key, const struct demo_options *options,
                                struct demo_filled *filled)
{
    struct feed feed = {.demo = demo_new(options), .filled = filled};
    enum status status = feed.demo == NULL ? STATUS_NO_MEMORY : loopback_open(address, key, &feed.loopback);
    buffer_init(&feed.responses);
    buffer_init(&feed.events);
    if (status == STATUS_OK) {
        status = post_year(&feed);
        loopback_close(&feed.loopback);
    }
    buffer_clear(&feed.responses);
    buffer_clear(&feed.events);
    demo_free(feed.demo);
    return status;
}

/* A survey of the project's own may be another one: it is left alone, and nothing is posted. */
static enum status define_surveys(const char *address, const char *key)
{
    struct loopback loopback;
    char path[64];
    enum status status = loopback_open(address, key, &loopback);
    if (status != STATUS_OK)
        return status;
    for (const struct demo_survey *survey = demo_surveys; status == STATUS_OK && survey->key != NULL; survey++) {
        snprintf(path, sizeof path, "/v1/surveys/%s", survey->key);
        status = loopback_put_new(&loopback, path, survey->definition);
        if (status == STATUS_CONFLICT)
            log_error("the project has a survey %s already: nothing was added", survey->key);
    }
    loopback_close(&loopback);
    return status == STATUS_CONFLICT ? STATUS_INVALID : status;
}

/* Its number, and whether it declares what the app's versions go by. */
static enum status look_up(struct directory *directory, const char *name, struct demo_options *options, int32_t *id)
{
    struct snapshot *snapshot = directory_hold(directory);
    const struct project *project = snapshot_project_named(snapshot, name);
    if (project != NULL) {
        *id = project->id;
        options->has_release = project_dimension(project, "release") != DIMENSION_COUNT;
    }
    snapshot_release(snapshot);
    return project == NULL ? STATUS_NOT_FOUND : STATUS_OK;
}

/* Where a serving process keeps the days, it does this by itself: then there is nothing to do here. */
static enum status fill_days(struct connection *connection)
{
    int filled = DAY_ROUND;
    for (int retries = 0; filled > 0 && retries < RETRIES_MAX;) {
        enum status status = day_fill(connection, clock_now_us(), &filled);
        if (status != STATUS_OK && status != STATUS_RETRY)
            return status;
        retries += status == STATUS_RETRY;
    }
    return STATUS_OK;
}

static void count_difference(void *context, const struct verify_difference *difference)
{
    (void)context;
    (void)difference;
}

static enum status settle(struct connection *connection, int32_t project_id, struct demo_filled *filled)
{
    struct verify_report report;
    enum status status = fill_days(connection);
    if (status == STATUS_OK)
        status = statistics_renew(connection);
    if (status == STATUS_OK)
        status = verify_compare(connection, project_id, LISTED, count_difference, NULL, &report);
    if (status != STATUS_OK)
        return status;
    filled->counted = report.rows;
    filled->differences = report.differences;
    return STATUS_OK;
}

static enum status fill(struct session *session, const char *project, struct demo_options *options,
                        struct inner_service *inner, struct quickstart *keys, struct demo_filled *filled)
{
    int32_t project_id = 0;
    struct directory *directory = inner->service.directory;
    enum status status = quickstart_open(session->config.data_dir, project, &session->database, directory, keys);
    if (status == STATUS_OK)
        status = look_up(directory, project, options, &project_id);
    if (status == STATUS_OK)
        status = define_surveys(http_address(inner->http), keys->keys[QUICKSTART_ADMIN]);
    if (status == STATUS_OK)
        status = feed_service(http_address(inner->http), keys->keys[QUICKSTART_WRITE], options, filled);
    return status == STATUS_OK ? settle(session->connection, project_id, filled) : status;
}

enum status demo_fill(struct session *session, const char *project, const struct demo_options *options,
                      struct quickstart *keys, struct demo_filled *filled)
{
    struct inner_service inner;
    struct demo_options own = *options;
    enum status status = inner_service_open(&session->config, &session->database, &inner);
    if (status == STATUS_OK)
        status = fill(session, project, &own, &inner, keys, filled);
    inner_service_close(&inner);
    return status;
}
