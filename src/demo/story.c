/* SPDX-License-Identifier: MIT */
#include "story.h"

#include "demo/demo.h"

#include <string.h>
#include <time.h>

enum { ANY = -1, MONTHS = 12 };

struct episode {
    int began; /* in days ago, inclusive */
    int ended; /* exclusive */
    const char *region;
    int channel;
    int touchpoint;
    struct story_effect effect;
};

static const struct episode episodes[] = {
    /* The app's 5.2 freezes when it pays; elsewhere it is bad enough. */
    {DEMO_BAD_RELEASE_BEGAN,
     DEMO_BAD_RELEASE_ENDED,
     DEMO_BAD_RELEASE_REGION,
     CHANNEL_MOBILE,
     TOUCHPOINT_CHECKOUT,
     {-1.1, .20, .16, true}},
    {DEMO_BAD_RELEASE_BEGAN,
     DEMO_BAD_RELEASE_ENDED,
     DEMO_BAD_RELEASE_REGION,
     CHANNEL_MOBILE,
     ANY,
     {-.55, .06, .06, true}},
    /* Trust comes back more slowly than a good release. */
    {DEMO_BAD_RELEASE_ENDED,
     DEMO_BAD_RELEASE_ENDED - 7,
     DEMO_BAD_RELEASE_REGION,
     CHANNEL_MOBILE,
     ANY,
     {-.2, 0, 0, false}},
    /* Couriers on strike around Paris. */
    {171, 159, "FR-IDF", ANY, TOUCHPOINT_DELIVERY, {-.9, .22, 0, false}},
    /* The call centre takes on people for the season: short of them first, then better than before. */
    {118, 96, NULL, CHANNEL_CALL_CENTRE, ANY, {-.25, .03, .08, false}},
    {96, 0, NULL, CHANNEL_CALL_CENTRE, ANY, {.15, 0, 0, false}},
};

static const struct {
    int began;
    const char *name;
} releases[] = {{DEMO_DAYS, "5.0"}, {220, "5.1"}, {DEMO_BAD_RELEASE_ENDED, "5.2.1"}};

static struct tm calendar_of(int32_t day)
{
    struct tm calendar;
    time_t seconds = (time_t)day * 86400;
    gmtime_r(&seconds, &calendar);
    return calendar;
}

/* Between the middles of the months on a straight line. */
static double season(const struct tm *calendar)
{
    static const double months[MONTHS] = {1.06, .9, .95, .97, 1, 1, .93, .72, .98, 1.04, 1.15, 1.45};
    double place = calendar->tm_yday / 365.25 * MONTHS + MONTHS - .5;
    int month = (int)place;
    double share = place - month;
    return months[month % MONTHS] * (1 - share) + months[(month + 1) % MONTHS] * share;
}

static bool is_black_friday(const struct tm *calendar)
{
    return calendar->tm_mon == 10 && calendar->tm_mday >= 22;
}

/* Parcels are late when everyone sends some. */
static bool is_rush(const struct tm *calendar)
{
    return (calendar->tm_mon == 11 && calendar->tm_mday >= 5) || (calendar->tm_mon == 0 && calendar->tm_mday <= 6);
}

double story_traffic(enum channel channel, int32_t day, int ago)
{
    struct tm calendar = calendar_of(day);
    double growth = 1.12 - .24 * ago / DEMO_DAYS;
    double rush = is_black_friday(&calendar) ? 1.35 : 1;
    return shop_channels[channel].weekdays[calendar.tm_wday] * season(&calendar) * growth * rush;
}

static bool is_met(const struct episode *episode, enum channel channel, enum touchpoint touchpoint, int region, int ago)
{
    return ago <= episode->began && ago > episode->ended &&
           (episode->region == NULL || strcmp(episode->region, shop_regions[region].name) == 0) &&
           (episode->channel == ANY || episode->channel == (int)channel) &&
           (episode->touchpoint == ANY || episode->touchpoint == (int)touchpoint);
}

struct story_effect story_effect(enum channel channel, enum touchpoint touchpoint, int region, int32_t day, int ago)
{
    struct tm calendar = calendar_of(day);
    struct story_effect sum = {.feeling = .1 - .2 * ago / DEMO_DAYS};
    if (calendar.tm_wday == 0 || calendar.tm_wday == 6)
        sum.feeling += shop_touchpoints[touchpoint].weekend_effect;
    if (touchpoint == TOUCHPOINT_DELIVERY && is_rush(&calendar))
        sum.feeling -= .3;
    for (size_t i = 0; i < sizeof episodes / sizeof episodes[0]; i++) {
        if (!is_met(&episodes[i], channel, touchpoint, region, ago))
            continue;
        sum.feeling += episodes[i].effect.feeling;
        sum.failed += episodes[i].effect.failed;
        sum.abandoned += episodes[i].effect.abandoned;
        sum.is_bad_release = sum.is_bad_release || episodes[i].effect.is_bad_release;
    }
    return sum;
}

const char *story_release(int region, int ago)
{
    const char *name = releases[0].name;
    for (size_t i = 0; i < sizeof releases / sizeof releases[0]; i++) {
        if (ago <= releases[i].began)
            name = releases[i].name;
    }
    if (ago <= DEMO_BAD_RELEASE_BEGAN && ago > DEMO_BAD_RELEASE_ENDED &&
        strcmp(shop_regions[region].name, DEMO_BAD_RELEASE_REGION) == 0)
        name = "5.2";
    return name;
}
