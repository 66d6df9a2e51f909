/* SPDX-License-Identifier: MIT */
#include "handlers.h"
#include "http/reply.h"
#include "metrics/contrast.h"
#include "metrics_questions.h"
#include "metrics_reply.h"

enum { GROUPS_MAX = 50 };

/* What is told apart: the groups whose number is published. Their rest holds the hidden ones too, which together are no
 * secret: they are the total less the others. */
struct contrast {
    const struct metrics_query *query;
    const struct metrics_groups *groups;
    const struct definition *definition;
    enum method method;
    struct histogram whole;
    const struct metrics_group **compared;
    struct histogram *histograms; /* of those */
    size_t count;
    struct contrast_pair *pairs;
};

static bool collect(struct contrast *contrast, struct arena *arena)
{
    const struct metrics_groups *groups = contrast->groups;
    contrast->compared = arena_array(arena, groups->count + 1, sizeof(struct metrics_group *));
    contrast->histograms = arena_array(arena, groups->count + 1, sizeof *contrast->histograms);
    if (contrast->compared == NULL || contrast->histograms == NULL)
        return false;
    for (size_t i = 0; i < groups->count; i++) {
        const struct metrics_group *group = &groups->list[i];
        if (metrics_is_hidden(&group->now, contrast->query->metric))
            continue;
        contrast->compared[contrast->count] = group;
        contrast->histograms[contrast->count++] =
            metrics_histogram(&contrast->query->choice, &group->now, contrast->query->metric);
    }
    contrast->whole = metrics_histogram(&contrast->query->choice, &groups->now, contrast->query->metric);
    contrast->pairs = arena_array(arena, contrast_pair_count(contrast->count) + 1, sizeof *contrast->pairs);
    return contrast->pairs != NULL;
}

static enum status write_overall(struct buffer *json, const struct contrast *contrast)
{
    struct contrast_overall overall;
    enum status status =
        contrast_all(contrast->definition, contrast->histograms, contrast->count, contrast->query->level, &overall);
    if (status != STATUS_OK)
        return status;
    buffer_format(json, ",\"overall\":{\"method\":\"%s\"", method_name(overall.method));
    metrics_write_double(json, "statistic", overall.statistic);
    metrics_write_double(json, "df", overall.df);
    metrics_write_double(json, "p", overall.p);
    metrics_write_double(json, "smallest_expected", overall.smallest_expected);
    metrics_write_boolean(json, "reliable", overall.reliable);
    metrics_write_boolean(json, "significant", overall.significant);
    buffer_string(json, "}");
    return STATUS_OK;
}

static enum status write_rest(struct buffer *json, const struct contrast *contrast, const struct histogram *part)
{
    struct comparison comparison;
    struct histogram rest = contrast->whole;
    enum status status = contrast_with_rest(contrast->definition, &contrast->whole, part, contrast->query->level,
                                            contrast->method, &comparison);
    if (status == STATUS_OK)
        status = histogram_subtract(&rest, part);
    if (status != STATUS_OK)
        return status;
    buffer_format(json, ",\"rest\":{\"n\":%lld", (long long)histogram_n(&rest));
    metrics_write_double(json, "value", score_value(contrast->definition, &rest));
    metrics_write_comparison(json, &comparison);
    buffer_string(json, "}");
    return STATUS_OK;
}

static enum status write_group(struct buffer *json, const struct contrast *contrast, const struct metrics_group *group)
{
    size_t metric = contrast->query->metric;
    struct histogram part = metrics_histogram(&contrast->query->choice, &group->now, metric);
    enum status status;
    buffer_string(json, "{");
    metrics_write_labels(json, contrast->query, group);
    buffer_string(json, ",");
    status = metrics_write_estimate(json, contrast->query, &group->now, metric);
    if (status == STATUS_OK && metrics_is_hidden(&group->now, metric))
        buffer_string(json, ",\"rest\":null");
    else if (status == STATUS_OK)
        status = write_rest(json, contrast, &part);
    buffer_string(json, "}");
    return status;
}

static void write_side(struct buffer *json, const struct contrast *contrast, const char *name, size_t i)
{
    buffer_format(json, "\"%s\":{", name);
    metrics_write_labels(json, contrast->query, contrast->compared[i]);
    buffer_string(json, "}");
}

static enum status write_pairs(struct buffer *json, const struct contrast *contrast)
{
    enum status status = contrast_pairs(contrast->definition, contrast->histograms, contrast->count,
                                        contrast->query->level, contrast->method, contrast->pairs);
    buffer_string(json, ",\"pairs\":[");
    for (size_t i = 0; status == STATUS_OK && i < contrast_pair_count(contrast->count); i++) {
        struct contrast_pair *pair = &contrast->pairs[i];
        buffer_string(json, i ? ",{" : "{");
        write_side(json, contrast, "a", pair->a);
        buffer_string(json, ",");
        write_side(json, contrast, "b", pair->b);
        /* The verdict is the one that knows of the other pairs. */
        pair->comparison.significant = pair->significant;
        metrics_write_comparison(json, &pair->comparison);
        metrics_write_double(json, "p_holm", pair->p_holm);
        buffer_string(json, "}");
    }
    buffer_string(json, "]");
    return status;
}

static enum status write(struct metrics_reply *reply, const struct contrast *contrast)
{
    const struct metrics_groups *groups = contrast->groups;
    struct buffer *json = &reply->json;
    enum status status;
    metrics_reply_begin(reply, contrast->query, groups);
    metrics_write_metric(json, contrast->query, groups);
    status = write_overall(json, contrast);
    buffer_string(json, ",\"groups\":[");
    for (size_t i = 0; status == STATUS_OK && i < groups->count; i++) {
        buffer_string(json, i ? "," : "");
        status = write_group(json, contrast, &groups->list[i]);
    }
    buffer_string(json, "]");
    if (status == STATUS_OK)
        status = write_pairs(json, contrast);
    buffer_string(json, ",\"total\":{");
    if (status == STATUS_OK)
        status = metrics_write_estimate(json, contrast->query, &groups->now, contrast->query->metric);
    buffer_string(json, "}}\n");
    return status;
}

/* Which of several definitions it is is known when the answers are. */
static bool settle_definition(struct request *request, const struct metrics_query *query,
                              const struct metrics_groups *groups, struct contrast *contrast)
{
    contrast->definition = metrics_definition(&query->choice, &groups->now, query->metric);
    metrics_question_check_method(request, query, contrast->definition, contrast->method);
    return metrics_query_end(request);
}

static bool check_count(struct request *request, const struct metrics_groups *groups)
{
    if (groups->count <= GROUPS_MAX)
        return true;
    reply_fault(request, NULL, "by", "makes %zu groups, and %d can be contrasted: filter some out", groups->count,
                GROUPS_MAX);
    reply_problem(request, 422, "too-large", "Ask for fewer groups.");
    return false;
}

static void answer(struct request *request, struct connection *connection, struct arena *arena)
{
    struct metrics_query query;
    struct metrics_frame frame;
    struct metrics_groups groups;
    struct metrics_reply reply;
    struct contrast contrast = {.query = &query, .groups = &groups};

    if (!metrics_question_contrast(request, arena, &query, &contrast.method) ||
        !metrics_read_groups(request, connection, arena, &query, &frame, &groups) ||
        !settle_definition(request, &query, &groups, &contrast) || !check_count(request, &groups))
        return;
    metrics_groups_sort(&query, &groups);
    if (collect(&contrast, arena))
        metrics_reply_send(request, &reply, write(&reply, &contrast));
    else
        problem_of_status(request, STATUS_NO_MEMORY, "metrics");
}

/* GET /v1/metrics/{metric}/contrast. */
enum outcome metrics_contrast(struct request *request, struct service *service, struct connection *connection)
{
    (void)service;
    return metrics_run(request, connection, answer);
}
