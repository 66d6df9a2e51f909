/* SPDX-License-Identifier: MIT */
#include "visit.h"

#include "story.h"

#include <math.h>

static const int64_t SECOND_US = 1000000;
static const int64_t DAY_S = 86400;
static const double BUSINESS = .12; /* of the customers */
/* Of a feeling: what the customer brings, and what the visit was like. Beside them stand the effects of the tables, so that
 * the whole has a variance of about one. */
static const double CUSTOMER = .45;
static const double VISIT = .80;
static const double FAILED = -1.2;
static const double ABANDONED = -.45;
static const double ANSWERS = .80; /* of those who were asked and did what they came for */
static const double ANSWERS_OTHERWISE = .62;

struct customer customer_of(uint64_t seed, uint32_t number)
{
    struct random random = random_of(seed, UINT64_C(0xc057) << 32 | number);
    double regions[REGION_COUNT];
    double products[PRODUCT_COUNT];
    struct customer customer = {.number = number};
    for (int i = 0; i < REGION_COUNT; i++)
        regions[i] = shop_regions[i].weight;
    for (int i = 0; i < PRODUCT_COUNT; i++)
        products[i] = shop_products[i].weight;
    customer.region = (int)random_pick(&random, regions, REGION_COUNT);
    customer.product = (int)random_pick(&random, products, PRODUCT_COUNT);
    customer.is_business = random_is(&random, BUSINESS);
    customer.bias = random_normal(&random);
    return customer;
}

static enum outcome outcome_of(struct random *random, enum touchpoint touchpoint, const struct story_effect *effect)
{
    const struct touchpoint_row *row = &shop_touchpoints[touchpoint];
    double failed = row->failed + effect->failed;
    double share = random_share(random);
    if (share < failed)
        return OUTCOME_FAILED;
    return share < failed + row->abandoned + effect->abandoned ? OUTCOME_ABANDONED : OUTCOME_COMPLETED;
}

static double feeling_of(struct random *random, const struct visit *visit, double story)
{
    static const double outcomes[] = {
        [OUTCOME_COMPLETED] = .1, [OUTCOME_FAILED] = FAILED, [OUTCOME_ABANDONED] = ABANDONED};
    return CUSTOMER * visit->customer.bias + VISIT * random_normal(random) + story + outcomes[visit->outcome] +
           shop_touchpoints[visit->touchpoint].effect + shop_channels[visit->channel].effect +
           shop_regions[visit->customer.region].effect;
}

static int64_t moment_of(struct random *random, const struct visit *visit, int32_t day)
{
    int64_t hour = (int64_t)random_pick(random, shop_channels[visit->channel].hours, HOURS);
    int64_t local_s = hour * 3600 + (int64_t)random_below(random, 3600);
    int64_t utc_s = local_s - shop_regions[visit->customer.region].offset_h * INT64_C(3600);
    return (day * DAY_S + utc_s) * SECOND_US + (int64_t)random_below(random, 1000) * 1000;
}

/* Log-normal; trouble takes longer, giving up is quick. */
static int64_t duration_of(struct random *random, const struct visit *visit)
{
    static const double factors[] = {[OUTCOME_COMPLETED] = 1, [OUTCOME_FAILED] = 1.9, [OUTCOME_ABANDONED] = .6};
    double median_s = shop_touchpoints[visit->touchpoint].median_s * factors[visit->outcome];
    return (int64_t)(1000 * median_s * exp(.45 * random_normal(random)));
}

static const char *segment_of(const struct customer *customer, bool is_first)
{
    if (customer->is_business)
        return "business";
    return is_first ? "new" : "returning";
}

/* Within the minutes after it was over; of a parcel within the day. */
static int64_t answer_time(struct random *random, const struct visit *visit)
{
    double delay_s = (visit->touchpoint == TOUCHPOINT_DELIVERY ? 7200 : 40) * exp(.8 * random_normal(random));
    return visit->began_us + visit->duration_ms * 1000 + (int64_t)(delay_s * 1000) * 1000;
}

struct visit visit_of(struct random *random, const struct customer *customer, bool is_first, enum channel channel,
                      int32_t day, int ago)
{
    struct visit visit = {.customer = *customer, .channel = channel};
    visit.touchpoint = (enum touchpoint)random_pick(random, shop_channels[channel].touchpoints, TOUCHPOINT_COUNT);
    struct story_effect effect = story_effect(channel, visit.touchpoint, customer->region, day, ago);
    visit.outcome = outcome_of(random, visit.touchpoint, &effect);
    visit.segment = segment_of(customer, is_first);
    visit.release = channel == CHANNEL_MOBILE ? story_release(customer->region, ago) : NULL;
    visit.is_bad_release = effect.is_bad_release;
    visit.began_us = moment_of(random, &visit, day);
    visit.duration_ms = duration_of(random, &visit);
    visit.is_answered = random_is(random, visit.outcome == OUTCOME_COMPLETED ? ANSWERS : ANSWERS_OTHERWISE);
    visit.answered_us = answer_time(random, &visit);
    double feeling = feeling_of(random, &visit, effect.feeling - (is_first ? .08 : 0));
    visit.opinion = opinion_of(random, feeling, &shop_surveys[shop_touchpoints[visit.touchpoint].survey]);
    return visit;
}
