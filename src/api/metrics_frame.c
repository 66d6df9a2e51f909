/* SPDX-License-Identifier: MIT */
#include "metrics_frame.h"

#include "api/service.h"
#include "http/reply.h"

#include <stdlib.h>

/* A day has 25 hours at most, but for a zone that changes sides: two more days make up for both. */
enum { QUARTERS_A_DAY = 96, SPARE_DAYS = 2, BOUNDARIES_OF_WINDOWS = 4 };

static int ascending(const void *a, const void *b)
{
    return (*(const int32_t *)a > *(const int32_t *)b) - (*(const int32_t *)a < *(const int32_t *)b);
}

static int32_t find(const struct calendar *calendar, int32_t quarter)
{
    const int32_t *found =
        bsearch(&quarter, calendar->boundaries, calendar->count + 1, sizeof *calendar->boundaries, ascending);
    return (int32_t)(found - calendar->boundaries);
}

static struct metrics_span place(const struct calendar *calendar, struct metrics_window window)
{
    return (struct metrics_span){window, find(calendar, window.from), find(calendar, window.to)};
}

/* The pieces that the series is cut into; for rolling windows, whole days from well before it. */
static enum status read_pieces(struct connection *connection, const struct metrics_query *query, struct arena *arena,
                               struct calendar *pieces)
{
    int32_t from = query->now.from;
    if (!query->has_series)
        return STATUS_OK;
    if (query->rolling > 0)
        from -= (query->rolling + SPARE_DAYS) * QUARTERS_A_DAY;
    return calendar_read(connection, query->time_zone, query->unit, from, query->now.to, arena, pieces);
}

/* Every moment at which some window begins or ends, each once. */
static bool unite(const struct metrics_query *query, const struct calendar *pieces, struct arena *arena,
                  struct calendar *united)
{
    size_t count = 0;
    size_t kept = 1;
    int32_t *all = arena_array(arena, pieces->count + 1 + BOUNDARIES_OF_WINDOWS, sizeof *all);
    if (all == NULL)
        return false;
    for (size_t i = 0; pieces->count > 0 && i <= pieces->count; i++)
        all[count++] = pieces->boundaries[i];
    all[count++] = query->now.from;
    all[count++] = query->now.to;
    if (query->has_earlier) {
        all[count++] = query->earlier.from;
        all[count++] = query->earlier.to;
    }
    qsort(all, count, sizeof *all, ascending);
    for (size_t i = 1; i < count; i++)
        if (all[i] != all[kept - 1])
            all[kept++] = all[i];
    *united = (struct calendar){all, kept - 1};
    return true;
}

static bool place_points(const struct metrics_query *query, const struct calendar *pieces, struct arena *arena,
                         struct metrics_frame *frame)
{
    frame->points = arena_array(arena, pieces->count + 1, sizeof *frame->points);
    if (frame->points == NULL)
        return false;
    for (size_t i = 0; i < pieces->count; i++) {
        /* Of the days before the series there are more than a window holds. */
        size_t first = query->rolling > 0 ? i - (size_t)query->rolling + 1 : i;
        if (pieces->boundaries[i + 1] > query->now.from)
            frame->points[frame->point_count++] =
                place(&frame->calendar, (struct metrics_window){pieces->boundaries[first], pieces->boundaries[i + 1]});
    }
    return true;
}

static struct metrics_span add_window(struct metrics_frame *frame, struct metrics_window window)
{
    int32_t bucket = (int32_t)frame->window_count;
    frame->windows[frame->window_count++] = (struct dedupe_window){window.from, window.to, NULL};
    return (struct metrics_span){window, bucket, bucket + 1};
}

/* A customer who counts in each of thirty days counts once in their month: one isn't the sum of the other, so each window
 * is counted by itself, and then the series. */
static bool place_apart(const struct metrics_query *query, const struct calendar *pieces, struct arena *arena,
                        struct metrics_frame *frame)
{
    int32_t first;
    frame->now = add_window(frame, query->now);
    if (query->has_earlier)
        frame->earlier = add_window(frame, query->earlier);
    if (!query->has_series)
        return true;
    frame->calendar = *pieces;
    frame->point_count = pieces->count;
    frame->points = arena_array(arena, pieces->count + 1, sizeof *frame->points);
    if (frame->points == NULL)
        return false;
    first = add_window(frame, query->now).first;
    frame->windows[first].calendar = &frame->calendar;
    for (size_t i = 0; i < pieces->count; i++)
        frame->points[i] = (struct metrics_span){
            {pieces->boundaries[i], pieces->boundaries[i + 1]}, first + (int32_t)i, first + (int32_t)i + 1};
    return true;
}

/* What lies between the two windows of a comparison, which may be most of a year. */
static void skip_between(struct metrics_query *query, const struct calendar *pieces)
{
    int32_t first =
        pieces->count > 0 && pieces->boundaries[0] < query->now.from ? pieces->boundaries[0] : query->now.from;
    struct rollup_query *rollup = &query->rollup;
    if (!query->has_earlier)
        return;
    if (query->earlier.to < first) {
        rollup->skip_from = query->earlier.to;
        rollup->skip_to = first;
    } else if (query->earlier.from > query->now.to) {
        rollup->skip_from = query->now.to;
        rollup->skip_to = query->earlier.from;
    }
}

static enum status make(struct connection *connection, struct arena *arena, struct metrics_query *query,
                        struct metrics_frame *frame)
{
    struct calendar pieces = {NULL, 0};
    enum status status = read_pieces(connection, query, arena, &pieces);
    if (status != STATUS_OK)
        return status;
    if (query->dedupe != DEDUPE_ALL)
        return place_apart(query, &pieces, arena, frame) ? STATUS_OK : STATUS_NO_MEMORY;
    if (!unite(query, &pieces, arena, &frame->calendar) || !place_points(query, &pieces, arena, frame))
        return STATUS_NO_MEMORY;
    frame->now = place(&frame->calendar, query->now);
    if (query->has_earlier)
        frame->earlier = place(&frame->calendar, query->earlier);
    skip_between(query, &pieces);
    query->rollup.from = frame->calendar.boundaries[0];
    query->rollup.to = frame->calendar.boundaries[frame->calendar.count];
    query->rollup.calendar = frame->calendar.count > 1 ? &frame->calendar : NULL;
    return STATUS_OK;
}

bool metrics_frame_make(struct request *request, struct connection *connection, struct arena *arena,
                        struct metrics_query *query, struct metrics_frame *frame)
{
    *frame = (struct metrics_frame){.calendar = {NULL, 0}};
    enum status status = make(connection, arena, query, frame);
    if (status == STATUS_TOO_LARGE) {
        reply_fault(request, NULL, "interval", "cuts the time into more than %d pieces", CALENDAR_BUCKETS_MAX);
        reply_problem(request, 422, "too-large", "Ask for a longer interval or a shorter time.");
    } else if (status != STATUS_OK) {
        problem_of_status(request, status, "metrics");
    }
    return status == STATUS_OK;
}
