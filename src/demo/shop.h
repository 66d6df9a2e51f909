/* SPDX-License-Identifier: MIT */
#ifndef HARK_DEMO_SHOP_H
#define HARK_DEMO_SHOP_H

#include <stdbool.h>

/* Inside demo/ only: the shop as tables. Effects are on what a customer feels, in standard deviations of one answer. */

enum channel { CHANNEL_WEB, CHANNEL_MOBILE, CHANNEL_STORE, CHANNEL_CALL_CENTRE, CHANNEL_COUNT };
enum touchpoint {
    TOUCHPOINT_SEARCH,
    TOUCHPOINT_CHECKOUT,
    TOUCHPOINT_DELIVERY,
    TOUCHPOINT_RETURNS,
    TOUCHPOINT_SUPPORT,
    TOUCHPOINT_STORE,
    TOUCHPOINT_ACCOUNT,
    TOUCHPOINT_COUNT
};
enum survey { SURVEY_PURCHASE, SURVEY_DELIVERY, SURVEY_SUPPORT, SURVEY_RELATIONSHIP, SURVEY_COUNT };
enum language { LANGUAGE_ENGLISH, LANGUAGE_SPANISH };
enum { REGION_COUNT = 15, PRODUCT_COUNT = 3, HOURS = 24, WEEKDAYS = 7 };

struct channel_row {
    const char *name;
    double weight;
    double effect;
    double weekdays[WEEKDAYS]; /* from Sunday: its share of an ordinary day */
    double touchpoints[TOUCHPOINT_COUNT];
    double hours[HOURS]; /* local */
};

struct touchpoint_row {
    const char *name;
    const char *stage;
    enum survey survey;
    double effect;
    double weekend_effect;
    double failed; /* shares of the visits */
    double abandoned;
    double median_s;
    bool sells;
};

struct survey_row {
    const char *name;
    double asks[3]; /* how often an answer has an nps, a csat, a ces */
};

struct region_row {
    const char *name;
    double weight;
    double effect; /* people of one country rate more warmly than those of another */
    enum language language;
    int offset_h; /* from UTC, roughly */
    const char *currency;
    double euros; /* what one is worth in the currency */
};

struct product_row {
    const char *name;
    double weight;
    double price; /* median, in euros */
};

extern const struct channel_row shop_channels[CHANNEL_COUNT];
extern const struct touchpoint_row shop_touchpoints[TOUCHPOINT_COUNT];
extern const struct survey_row shop_surveys[SURVEY_COUNT];
extern const struct region_row shop_regions[REGION_COUNT];
extern const struct product_row shop_products[PRODUCT_COUNT];

#endif
