/* SPDX-License-Identifier: MIT */
#include "demo/demo.h"

#include "line.h"
#include "story.h"
#include "visit.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static const int64_t DAY_US = INT64_C(86400) * 1000000;
static const double ANSWERED = .775;         /* of all visits, as it comes out */
static const double VISITS_A_CUSTOMER = 3.5; /* on average; a few come every week */
static const double REGULARS = 1.8;          /* how unevenly: 1 is evenly */

struct demo {
    uint64_t seed;
    struct line_options line;
    int32_t last_day;
    int ago; /* of the next day */
    double visits_a_unit;
    uint32_t customers;
    bool *has_come; /* by customer */
    size_t responses;
    size_t events;
};

static double traffic_of_year(int32_t last_day)
{
    double sum = 0;
    for (int ago = 0; ago < DEMO_DAYS; ago++) {
        for (int channel = 0; channel < CHANNEL_COUNT; channel++)
            sum += shop_channels[channel].weight * story_traffic((enum channel)channel, last_day - ago, ago);
    }
    return sum;
}

struct demo *demo_new(const struct demo_options *options)
{
    struct demo *demo = calloc(1, sizeof *demo);
    double visits = options->answers / ANSWERED;
    assert(options->answers >= DEMO_ANSWERS_MIN && options->answers <= DEMO_ANSWERS_MAX);
    if (demo == NULL)
        return NULL;
    demo->seed = options->seed;
    demo->line = (struct line_options){options->until_us, options->has_release};
    demo->last_day = (int32_t)(options->until_us / DAY_US);
    demo->ago = DEMO_DAYS - 1;
    demo->visits_a_unit = visits / traffic_of_year(demo->last_day);
    demo->customers = (uint32_t)(visits / VISITS_A_CUSTOMER);
    demo->has_come = calloc(demo->customers, sizeof *demo->has_come);
    if (demo->has_come != NULL)
        return demo;
    demo_free(demo);
    return NULL;
}

void demo_free(struct demo *demo)
{
    if (demo == NULL)
        return;
    free(demo->has_come);
    free(demo);
}

static void add_visit(struct demo *demo, struct random *random, enum channel channel, struct buffer *responses,
                      struct buffer *events)
{
    uint32_t number = (uint32_t)(demo->customers * pow(random_share(random), REGULARS));
    struct customer customer = customer_of(demo->seed, number);
    struct visit visit =
        visit_of(random, &customer, !demo->has_come[number], channel, demo->last_day - demo->ago, demo->ago);
    demo->has_come[number] = true;
    demo->events += line_events(random, &visit, &demo->line, events);
    demo->responses += line_response(random, &visit, &demo->line, responses);
}

bool demo_next_day(struct demo *demo, struct buffer *responses, struct buffer *events)
{
    if (demo->ago < 0)
        return false;
    struct random random = random_of(demo->seed, (uint64_t)demo->ago);
    for (int channel = 0; channel < CHANNEL_COUNT; channel++) {
        double expected = demo->visits_a_unit * shop_channels[channel].weight *
                          story_traffic((enum channel)channel, demo->last_day - demo->ago, demo->ago);
        /* Two days are never alike. */
        double drawn = expected * (1 + .05 * random_normal(&random)) + random_share(&random);
        for (int i = 1; i <= drawn; i++)
            add_visit(demo, &random, (enum channel)channel, responses, events);
    }
    demo->ago--;
    return true;
}

size_t demo_responses(const struct demo *demo)
{
    return demo->responses;
}

size_t demo_events(const struct demo *demo)
{
    return demo->events;
}
