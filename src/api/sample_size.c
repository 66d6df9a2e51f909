/* SPDX-License-Identifier: MIT */
#include "metrics/sample_size.h"

#include "handlers.h"
#include "http/reply.h"
#include "metrics_query.h"

#include <math.h>

/* The size of a thing: 0.80 and 80 % are the usual ones of power and of a share. */
static const double POINTS_MIN = 0.1, POWER_MIN = 0.5, POWER_MAX = 0.999, POWER = 0.80, SHARE = 50;

enum { GOAL_MARGIN, GOAL_DIFFERENCE, GOAL_BENCHMARK, GOALS };
enum { ON_SHARE = 1 };
enum { SIDES_TWO, SIDES_ONE };
static const char *const kinds[] = {"nps", "share", NULL};
static const char *const sides[] = {"two", "one", NULL};

enum { AT_OF, AT_MARGIN, AT_DIFFERENCE, AT_BENCHMARK, AT_LEVEL, AT_POWER, AT_SIDES, AT_VARIANCE, AT_SHARE };

const struct parameter sample_size_parameters[] = {
    [AT_OF] = {"of", PARAMETER_CHOICE, 0, 0, kinds},
    [AT_MARGIN] = {"margin", PARAMETER_NUMBER, 0, 200, NULL},
    [AT_DIFFERENCE] = {"difference", PARAMETER_NUMBER, -200, 200, NULL},
    [AT_BENCHMARK] = {"benchmark", PARAMETER_NUMBER, -200, 200, NULL},
    [AT_LEVEL] = {"level", PARAMETER_CHOICE, 0, 0, metrics_level_names},
    [AT_POWER] = {"power", PARAMETER_NUMBER, 0, 1, NULL},
    [AT_SIDES] = {"sides", PARAMETER_CHOICE, 0, 0, sides},
    [AT_VARIANCE] = {"variance", PARAMETER_NUMBER, 0, 1, NULL},
    [AT_SHARE] = {"share", PARAMETER_NUMBER, 0, 100, NULL},
    {NULL, 0, 0, 0, NULL},
};
static const char *const goals[GOALS] = {"margin", "difference", "benchmark"};

struct plan {
    bool is_share;
    int goal;
    double points;
    double level;
    double power;
    bool is_two_sided;
    double variance;
    double share;
};

static double number_or(const struct parameter_value *value, double otherwise)
{
    return value->is_set ? value->number : otherwise;
}

static void choose_goal(struct request *request, struct plan *plan)
{
    int given = 0;
    for (size_t i = 0; i < GOALS; i++) {
        const struct parameter_value *value = request_parameter(request, AT_MARGIN + i);
        if (!value->is_set)
            continue;
        given++;
        plan->goal = (int)i;
        plan->points = value->number;
        if (fabs(value->number) < POINTS_MIN)
            reply_fault(request, NULL, goals[i], "must be at least %g points", POINTS_MIN);
    }
    if (given != 1)
        reply_fault(request, NULL, "margin",
                    "or difference or benchmark is needed, one of them: in points of the score");
}

/* What one kind has and the other has not. */
static void check_kind(struct request *request, const struct plan *plan)
{
    double other = plan->share + plan->points;
    if (plan->is_share && request_parameter(request, AT_VARIANCE)->is_set)
        reply_fault(request, NULL, "variance", "is of nps: that of a share follows from share");
    if (!plan->is_share && request_parameter(request, AT_SHARE)->is_set)
        reply_fault(request, NULL, "share", "goes with of=share");
    if (plan->is_share && plan->goal == GOAL_BENCHMARK)
        reply_fault(request, NULL, "benchmark", "is of nps");
    if (plan->is_share && plan->goal == GOAL_DIFFERENCE && (other < 0 || other > 100))
        reply_fault(request, NULL, "difference", "leads from a share of %g to one of %g", plan->share, other);
}

static void check_power(struct request *request, const struct plan *plan)
{
    if (plan->goal != GOAL_MARGIN) {
        if (plan->power < POWER_MIN || plan->power > POWER_MAX)
            reply_fault(request, NULL, "power", "must be a number from %g to %g", POWER_MIN, POWER_MAX);
        return;
    }
    if (request_parameter(request, AT_POWER)->is_set)
        reply_fault(request, NULL, "power", "goes with difference or benchmark");
    if (request_parameter(request, AT_SIDES)->is_set)
        reply_fault(request, NULL, "sides", "goes with difference or benchmark");
}

static bool make_plan(struct request *request, struct plan *plan)
{
    *plan = (struct plan){
        .is_share = request_parameter(request, AT_OF)->integer == ON_SHARE,
        .level = metrics_level(request_parameter(request, AT_LEVEL)),
        .power = number_or(request_parameter(request, AT_POWER), POWER),
        .is_two_sided = request_parameter(request, AT_SIDES)->integer == SIDES_TWO,
        .variance = number_or(request_parameter(request, AT_VARIANCE), SAMPLE_SIZE_NET_VARIANCE),
        .share = number_or(request_parameter(request, AT_SHARE), SHARE),
    };
    choose_goal(request, plan);
    check_kind(request, plan);
    check_power(request, plan);
    return metrics_query_end(request);
}

static double size_of(const struct plan *plan)
{
    double points = fabs(plan->points);
    if (plan->is_share && plan->goal == GOAL_MARGIN)
        return sample_size_share_margin(plan->share, points, plan->level);
    if (plan->is_share)
        return sample_size_share_difference(plan->share, plan->share + plan->points, plan->level, plan->power,
                                            plan->is_two_sided);
    if (plan->goal == GOAL_MARGIN)
        return sample_size_net_margin(plan->variance, points, plan->level);
    if (plan->goal == GOAL_BENCHMARK)
        return sample_size_net_benchmark(plan->variance, points, plan->level, plan->power, plan->is_two_sided);
    return sample_size_net_difference(plan->variance, plan->variance, points, plan->level, plan->power,
                                      plan->is_two_sided);
}

static void write_number(struct buffer *json, const char *name, double value)
{
    buffer_format(json, ",\"%s\":", name);
    buffer_json_double(json, value);
}

static void write(struct buffer *json, const struct plan *plan)
{
    buffer_format(json, "{\"of\":\"%s\",\"n\":%.0f,\"groups\":%d", kinds[plan->is_share], size_of(plan),
                  plan->goal == GOAL_DIFFERENCE ? 2 : 1);
    write_number(json, goals[plan->goal], plan->points);
    write_number(json, "level", plan->level);
    if (plan->goal != GOAL_MARGIN) {
        write_number(json, "power", plan->power);
        buffer_format(json, ",\"sides\":\"%s\"", sides[plan->is_two_sided ? SIDES_TWO : SIDES_ONE]);
    }
    write_number(json, plan->is_share ? "share" : "variance", plan->is_share ? plan->share : plan->variance);
    buffer_string(json, "}\n");
}

/* GET /v1/sample-size: arithmetic only. */
enum outcome sample_size_read(struct request *request, struct service *service, struct connection *connection)
{
    struct plan plan;
    struct buffer json;
    (void)service;
    (void)connection;
    if (!make_plan(request, &plan))
        return HANDLED;
    buffer_init(&json);
    write(&json, &plan);
    reply_json(request, 200, &json);
    return HANDLED;
}
