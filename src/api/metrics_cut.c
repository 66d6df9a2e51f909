/* SPDX-License-Identifier: MIT */
#include "metrics_cut.h"

#include <string.h>

/* Some groups, and the survey that all their answers are of. */
struct piece {
    struct metrics_query *query;
    const struct metrics_frame *frame;
    struct arena *arena;
    struct metrics_groups *groups;
    size_t first;
    size_t end;
    int32_t project_id; /* 0: of several */
    struct text survey; /* absent: of several, or of none */
};

/* What one metric's sources have there. */
struct counted {
    const struct metrics_metric *metric;
    size_t index;                /* of the metric */
    int64_t *now;                /* answers by source, in the window */
    int64_t *all;                /* those of the series too, which may begin before it */
    const struct survey *survey; /* of all that have any; NULL: they are of several, or of none that is known */
};

static void count_point(const struct metrics_metric *metric, size_t i, const int64_t counts[ROLLUP_COUNTERS],
                        int64_t *n)
{
    const struct metrics_slot *slot = metric->sources[i].slot;
    if (!metrics_is_built_in(&metric->sources[i]))
        return;
    for (int c = 0; slot->counter >= 0 && c < slot->width; c++)
        n[i] += counts[slot->counter + c];
}

static void count_question_point(const struct metrics_choice *choice, const struct metrics_metric *metric,
                                 const struct rollup_question_point *point, int64_t *n)
{
    const struct metrics_source *source = choice->definitions[point->definition];
    if (source < metric->sources || source >= metric->sources + metric->source_count)
        return;
    for (int c = 0; c < ROLLUP_SCORES; c++)
        n[source - metric->sources] += point->counts[c];
}

void metrics_count_sources(const struct metrics_choice *choice, size_t metric, const struct rollup_group *group,
                           const struct metrics_span *span, int64_t *n)
{
    const struct metrics_metric *of = &choice->metrics[metric];
    for (size_t p = 0; p < group->point_count; p++)
        for (size_t i = 0; i < of->source_count; i++)
            if (group->points[p].bucket >= span->first && group->points[p].bucket < span->end)
                count_point(of, i, group->points[p].counts, n);
    for (size_t p = 0; p < group->question_point_count; p++)
        if (group->question_points[p].bucket >= span->first && group->question_points[p].bucket < span->end)
            count_question_point(choice, of, &group->question_points[p], n);
}

/* All points of the series. */
static struct metrics_span series_of(const struct metrics_frame *frame)
{
    struct metrics_span span = {.first = 0};
    if (frame->point_count > 0)
        span = (struct metrics_span){.first = frame->points[0].first, .end = frame->points[frame->point_count - 1].end};
    return span;
}

static bool count_piece(const struct piece *piece, size_t m, struct counted *counted)
{
    const struct metrics_choice *choice = &piece->query->choice;
    const struct metrics_span series = series_of(piece->frame);
    *counted = (struct counted){.metric = &choice->metrics[m], .index = m};
    counted->now = arena_array(piece->arena, counted->metric->source_count, sizeof *counted->now);
    counted->all = arena_array(piece->arena, counted->metric->source_count, sizeof *counted->all);
    if (counted->now == NULL || counted->all == NULL)
        return false;
    for (size_t g = piece->first; g < piece->end; g++) {
        const struct rollup_group *group = piece->groups->list[g].source;
        metrics_count_sources(choice, m, group, &piece->frame->now, counted->now);
        metrics_count_sources(choice, m, group, &series, counted->all);
    }
    for (size_t i = 0; i < counted->metric->source_count; i++)
        counted->all[i] += counted->now[i];
    return true;
}

/* A built-in question's answers are a survey's only where nothing else is asked for. */
static const struct survey *survey_of(const struct piece *piece, const struct metrics_source *source)
{
    const struct metrics_scope *scope = &piece->query->scope;
    if (!metrics_is_built_in(source))
        return metrics_scope_survey(scope, source->project_id, text_of(source->question->survey));
    return metrics_scope_survey(scope, piece->project_id, piece->survey);
}

/* Whether there are several meanings, all of one survey. */
static bool is_cut(const struct piece *piece, struct counted *counted)
{
    const struct metrics_slot *slot = NULL;
    bool is_mixed = false;
    bool is_one = true;
    for (size_t i = 0; i < counted->metric->source_count; i++) {
        const struct metrics_source *source = &counted->metric->sources[i];
        const struct survey *survey;
        if (counted->all[i] == 0)
            continue;
        survey = survey_of(piece, source);
        is_one = is_one && survey && (counted->survey == NULL || counted->survey == survey);
        counted->survey = survey;
        is_mixed = is_mixed || (slot && slot != source->slot);
        slot = source->slot;
    }
    return is_mixed && is_one;
}

static size_t find_newest(const struct counted *counted, struct metrics_run *newest)
{
    size_t found = 0;
    *newest = (struct metrics_run){.version = 0, .since_us = INT64_MIN};
    for (size_t i = 0; i < counted->metric->source_count; i++) {
        struct metrics_run run;
        if (counted->all[i] == 0)
            continue;
        run = metrics_run_of(counted->survey, counted->metric->name, counted->metric->sources[i].question);
        if (run.since_us > newest->since_us) {
            *newest = run;
            found = i;
        }
    }
    return found;
}

/* Should it be read again, it is without the source: at all, or where others than this survey ask it, in this one. */
static bool leave_out(const struct piece *piece, const struct counted *counted, struct metrics_source *source)
{
    struct rollup_query *rollup = &piece->query->rollup;
    struct rollup_left_out *left_out;
    source->is_left_out = !metrics_is_built_in(source) || piece->end - piece->first == piece->groups->count;
    if (source->is_left_out)
        return true;
    left_out = arena_array(piece->arena, rollup->left_out_count + 1, sizeof *left_out);
    if (left_out == NULL)
        return false;
    if (rollup->left_out_count > 0)
        memcpy(left_out, rollup->left_out, rollup->left_out_count * sizeof *left_out);
    left_out[rollup->left_out_count++] =
        (struct rollup_left_out){piece->project_id, source->question->id, text_of(counted->survey->key)};
    rollup->left_out = left_out;
    return true;
}

/* The other sources of the metric. */
static bool note_cuts(const struct piece *piece, const struct counted *counted, size_t newest, int64_t at_us)
{
    struct metrics_groups *groups = piece->groups;
    struct metrics_cut *cuts =
        arena_array(piece->arena, groups->cut_count + counted->metric->source_count, sizeof *cuts);
    if (cuts == NULL)
        return false;
    if (groups->cut_count > 0)
        memcpy(cuts, groups->cuts, groups->cut_count * sizeof *cuts);
    for (size_t i = 0; i < counted->metric->source_count; i++) {
        struct metrics_source *source = &counted->metric->sources[i];
        if (counted->all[i] == 0 || source->slot == counted->metric->sources[newest].slot)
            continue;
        cuts[groups->cut_count++] = (struct metrics_cut){
            .metric = counted->metric,
            .source = source,
            .survey = text_of(counted->survey->key),
            .version = metrics_run_of(counted->survey, counted->metric->name, source->question).version,
            .at_us = at_us,
            .n = counted->now[i]};
        if (!leave_out(piece, counted, source))
            return false;
    }
    groups->cuts = cuts;
    return true;
}

static bool keep(const struct piece *piece, const struct counted *counted, size_t slot)
{
    int16_t *kept = arena_array(piece->arena, METRICS_MAX, sizeof *kept);
    if (kept == NULL)
        return false;
    memset(kept, 0xff, METRICS_MAX * sizeof *kept);
    if (piece->groups->list[piece->first].kept)
        memcpy(kept, piece->groups->list[piece->first].kept, METRICS_MAX * sizeof *kept);
    kept[counted->index] = (int16_t)slot;
    for (size_t g = piece->first; g < piece->end; g++) {
        piece->groups->list[g].kept = kept;
        metrics_keep(&piece->query->choice, piece->groups->list[g].now.counters, counted->index, slot);
    }
    return true;
}

static bool cut_piece(const struct piece *piece)
{
    const struct metrics_choice *choice = &piece->query->choice;
    for (size_t m = 0; m < choice->count; m++) {
        struct counted counted;
        struct metrics_run run;
        size_t newest;
        if (choice->metrics[m].slot_count == 1)
            continue;
        if (!count_piece(piece, m, &counted))
            return false;
        if (!is_cut(piece, &counted))
            continue;
        newest = find_newest(&counted, &run);
        if (!note_cuts(piece, &counted, newest, run.since_us) ||
            !keep(piece, &counted, (size_t)(counted.metric->sources[newest].slot - counted.metric->slots)))
            return false;
    }
    return true;
}

static bool may_be_cut(const struct metrics_query *query)
{
    bool has_several = false;
    for (size_t m = 0; m < query->choice.count; m++)
        has_several |= query->choice.metrics[m].slot_count > 1;
    return has_several && query->has_series && !query->is_rescaled;
}

bool metrics_cut(struct metrics_query *query, const struct metrics_frame *frame, struct metrics_groups *groups,
                 struct arena *arena)
{
    struct piece piece = {.query = query, .frame = frame, .arena = arena, .groups = groups, .end = groups->count};
    if (!may_be_cut(query))
        return true;
    piece.project_id = query->rollup.project_count == 1 ? query->rollup.project_ids[0] : 0;
    if (!(query->rollup.group_by >> DIMENSION_SURVEY & 1)) {
        if (query->scope.survey_count == 1)
            piece.survey = query->scope.surveys[0];
        return cut_piece(&piece);
    }
    for (size_t g = 0; g < groups->count; g++) {
        piece.first = g;
        piece.end = g + 1;
        piece.survey = groups->list[g].source->values[DIMENSION_SURVEY];
        if (query->rollup.by_project)
            piece.project_id = groups->list[g].source->project_id;
        if (!cut_piece(&piece))
            return false;
    }
    return true;
}
