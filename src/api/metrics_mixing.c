/* SPDX-License-Identifier: MIT */
#include "metrics_mixing.h"

#include "api/service.h"
#include "base/timestamp.h"
#include "http/reply.h"
#include "metrics_cut.h"

#include <stdio.h>
#include <string.h>

enum { SOURCES_SHOWN = 20 };

/* Rolling windows reach back before the group's own, and of one customer other answers may count in a day than in the month. */
static bool is_series_mixed(const struct metrics_query *query, const struct metrics_frame *frame,
                            const struct metrics_group *group, size_t m, int64_t *counters)
{
    const struct metrics_choice *choice = &query->choice;
    struct metrics_span series = {.first = 0};
    if (!query->has_series || frame->point_count == 0 || group->source == NULL)
        return false;
    series.first = frame->points[0].first;
    series.end = frame->points[frame->point_count - 1].end;
    memset(counters, 0, (size_t)choice->width * sizeof *counters);
    metrics_add_span(choice, counters, group->source, &series);
    metrics_add(choice, counters, group->now.counters);
    if (group->kept && group->kept[m] >= 0)
        metrics_keep(choice, counters, m, (size_t)group->kept[m]);
    return metrics_only_slot(choice, counters, m, 0) == METRICS_MIXED;
}

static enum metrics_mixing find_in_group(const struct metrics_query *query, const struct metrics_frame *frame,
                                         const struct metrics_group *group, size_t m, int64_t *counters)
{
    if (metrics_is_mixed(&group->now, m))
        return METRICS_MIXING_NUMBER;
    if (is_series_mixed(query, frame, group, m, counters))
        return METRICS_MIXING_SERIES;
    if (query->has_earlier && group->earlier.slots[m] != group->now.slots[m])
        return METRICS_MIXING_COMPARE;
    return METRICS_MIXING_NONE;
}

enum metrics_mixing metrics_mixing_find(const struct metrics_query *query, const struct metrics_frame *frame,
                                        const struct metrics_groups *groups, int64_t *counters, size_t *metric)
{
    enum metrics_mixing found = METRICS_MIXING_NONE;
    if (query->is_rescaled)
        return found;
    for (size_t m = 0; m < query->choice.count; m++) {
        *metric = m;
        if (query->choice.metrics[m].slot_count == 1)
            continue;
        if (query->is_of_whole && metrics_is_mixed(&groups->now, m))
            return METRICS_MIXING_WHOLE;
        for (size_t g = 0; found == METRICS_MIXING_NONE && g < groups->count; g++)
            found = find_in_group(query, frame, &groups->list[g], m, counters);
        if (found != METRICS_MIXING_NONE)
            return found;
    }
    return found;
}

/* The sources that have answers, which the reply names. */
struct involved {
    const struct metrics_query *query;
    const struct metrics_metric *metric;
    int64_t *n;         /* by source */
    size_t count;       /* of sources that have any */
    const char *survey; /* of all of them; NULL: of several, or a built-in one is among them */
    int64_t since_us;   /* when the last of them came */
    bool has_several;   /* surveys, or built-in questions */
};

static bool involve(struct involved *involved, size_t m, const struct metrics_groups *groups, struct arena *arena)
{
    const struct metrics_span always = {.first = 0, .end = INT32_MAX};
    involved->metric = &involved->query->choice.metrics[m];
    involved->n = arena_array(arena, involved->metric->source_count, sizeof *involved->n);
    if (involved->n == NULL)
        return false;
    for (size_t g = 0; g < groups->count; g++)
        if (groups->list[g].source)
            metrics_count_sources(&involved->query->choice, m, groups->list[g].source, &always, involved->n);
    for (size_t i = 0; i < involved->metric->source_count; i++) {
        const struct metrics_source *source = &involved->metric->sources[i];
        const char *survey = source->question->survey;
        if (involved->n[i] == 0 || source->is_left_out) {
            involved->n[i] = 0;
            continue;
        }
        involved->has_several |=
            survey == NULL ||
            (involved->count > 0 && (involved->survey == NULL || strcmp(survey, involved->survey) != 0));
        involved->survey = survey;
        involved->count++;
        if (source->since_us > involved->since_us)
            involved->since_us = source->since_us;
    }
    /* What one survey is asked for has no other. */
    if (involved->query->scope.survey_count == 1 && involved->query->scope.project_count == 1)
        involved->survey = involved->query->scope.surveys[0].bytes;
    else if (involved->has_several)
        involved->survey = NULL;
    return true;
}

static void note_source(struct request *request, const struct involved *involved, const struct metrics_source *source)
{
    const struct metrics_query *query = involved->query;
    const char *id = source->slot->definition.id;
    if (metrics_is_built_in(source))
        reply_fault(request, NULL, query->metric_parameter, "%s: the built-in question", id);
    else if (query->rollup.project_count == 1)
        reply_fault(request, NULL, query->metric_parameter, "%s: the survey '%s' from version %d on", id,
                    source->question->survey, (int)source->question->version);
    else
        reply_fault(request, NULL, query->metric_parameter,
                    "%s: the survey '%s' of the project '%s' from version %d on", id, source->question->survey,
                    snapshot_project(query->snapshot, source->project_id)->name, (int)source->question->version);
}

static void note_sources(struct request *request, const struct involved *involved)
{
    size_t shown = 0;
    for (size_t i = 0; i < involved->metric->source_count; i++)
        if (involved->n[i] != 0 && shown++ < SOURCES_SHOWN)
            note_source(request, involved, &involved->metric->sources[i]);
    if (shown > SOURCES_SHOWN)
        reply_fault(request, NULL, involved->query->metric_parameter, "and %zu more", shown - SOURCES_SHOWN);
}

static void note_mixing(struct request *request, const struct involved *involved, enum metrics_mixing mixing)
{
    static const char *const details[] = {
        [METRICS_MIXING_NUMBER] = "'%s' has answers under different definitions, which are never one number",
        [METRICS_MIXING_SERIES] = "'%s' has answers under different definitions, which are never one series",
        [METRICS_MIXING_COMPARE] =
            "'%s' has answers under other definitions in the earlier window, which can't be compared",
        [METRICS_MIXING_WHOLE] = "'%s' has answers under different definitions, whose groups can't be compared",
    };
    char detail[200];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(detail, sizeof detail, details[mixing], involved->metric->name);
#pragma GCC diagnostic pop
    reply_fault(request, NULL, involved->query->metric_parameter, "%s", detail);
}

/* What may be asked instead, as far as it would help. */
static void list_ways(const struct involved *involved, struct buffer *ways)
{
    const struct metrics_query *query = involved->query;
    char since[TIMESTAMP_TEXT_SIZE];
    if (involved->survey)
        buffer_format(ways, "survey=%s&survey_version=N", involved->survey);
    else
        buffer_string(ways, "survey=NAME");
    if (involved->survey == NULL && query->may_group && !(query->rollup.group_by >> DIMENSION_SURVEY & 1))
        buffer_string(ways, ", group_by=survey");
    /* Times are asked for in quarters of an hour. */
    if (involved->survey && involved->since_us > 0)
        buffer_format(ways, ", from=%s",
                      timestamp_format(quarter_start_us(timestamp_quarter(involved->since_us - 1) + 1), since));
    if (query->may_rescale)
        buffer_string(ways, ", or all of it on one scale: rescale=0-100");
}

static void send_mixing(struct request *request, const struct involved *involved, enum metrics_mixing mixing)
{
    struct buffer ways;
    buffer_init(&ways);
    note_mixing(request, involved, mixing);
    note_sources(request, involved);
    list_ways(involved, &ways);
    reply_problem(request, 422, "mixed-definitions", "Ask for answers under one definition: %s.",
                  ways.data ? ways.data : "");
    buffer_clear(&ways);
}

bool metrics_mixing_check(struct request *request, const struct metrics_query *query, const struct metrics_frame *frame,
                          const struct metrics_groups *groups, struct arena *arena)
{
    size_t metric = 0;
    struct involved involved = {.query = query};
    int64_t *counters = metrics_counters_new(&query->choice, 1, arena);
    enum metrics_mixing mixing = METRICS_MIXING_NONE;
    if (counters)
        mixing = metrics_mixing_find(query, frame, groups, counters, &metric);
    if (counters && mixing == METRICS_MIXING_NONE)
        return true;
    if (counters && involve(&involved, metric, groups, arena))
        send_mixing(request, &involved, mixing);
    else
        problem_of_status(request, STATUS_NO_MEMORY, "metrics");
    return false;
}
