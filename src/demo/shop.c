/* SPDX-License-Identifier: MIT */
#include "shop.h"

/* clang-format off */
#define ONLINE_HOURS {.4, .2, .1, .1, .1, .2, .5, 1, 1.3, 1.5, 1.6, 1.7, 1.7, 1.8, 1.8, 1.6, 1.6, 1.8, 2.1, 2.5, 2.9, 3, 2.2, 1.1}
#define STORE_HOURS {0, 0, 0, 0, 0, 0, 0, 0, 0, .3, 1.4, 2, 2.2, 1.8, 1.2, 1.3, 1.7, 2.4, 2.8, 2.2, .9, .1, 0, 0}
#define OFFICE_HOURS {0, 0, 0, 0, 0, 0, 0, .1, 1.3, 2.4, 2.6, 2.4, 1.9, 1.5, 1.4, 1.8, 2, 1.8, 1.3, .7, .2, 0, 0, 0}

const struct channel_row shop_channels[CHANNEL_COUNT] = {
    [CHANNEL_WEB] = {"web", 38, 0, {1.25, .95, .9, .9, .95, 1, 1.15},
                     {.14, .40, .20, .08, .10, 0, .08}, ONLINE_HOURS},
    [CHANNEL_MOBILE] = {"mobile", 39, .06, {1.35, .9, .88, .9, .95, 1.05, 1.3},
                        {.14, .42, .21, .07, .07, 0, .09}, ONLINE_HOURS},
    [CHANNEL_STORE] = {"store", 15, .15, {.25, .85, .8, .85, .95, 1.35, 1.95},
                       {0, .18, 0, .12, 0, .70, 0}, STORE_HOURS},
    [CHANNEL_CALL_CENTRE] = {"call-centre", 8, -.15, {.2, 1.5, 1.3, 1.2, 1.15, 1.15, .5},
                             {0, 0, .24, .16, .54, 0, .06}, OFFICE_HOURS},
};

const struct touchpoint_row shop_touchpoints[TOUCHPOINT_COUNT] = {
    [TOUCHPOINT_SEARCH] = {"search", "discovery", SURVEY_RELATIONSHIP, 0, 0, .01, .30, 140, false},
    [TOUCHPOINT_CHECKOUT] = {"checkout", "conversion", SURVEY_PURCHASE, .18, 0, .03, .13, 95, true},
    [TOUCHPOINT_DELIVERY] = {"delivery", "use", SURVEY_DELIVERY, -.02, -.15, .05, 0, 172800, false},
    [TOUCHPOINT_RETURNS] = {"returns", "use", SURVEY_DELIVERY, -.38, -.05, .07, .06, 260, false},
    [TOUCHPOINT_SUPPORT] = {"support", "relationship", SURVEY_SUPPORT, -.32, -.25, .10, .09, 420, false},
    [TOUCHPOINT_STORE] = {"store-visit", "interaction", SURVEY_PURCHASE, .30, -.10, .01, .18, 1100, true},
    [TOUCHPOINT_ACCOUNT] = {"account", "relationship", SURVEY_RELATIONSHIP, .02, 0, .03, .05, 75, false},
};

const struct survey_row shop_surveys[SURVEY_COUNT] = {
    [SURVEY_PURCHASE] = {"post-purchase", {1, .72, .64}},
    [SURVEY_DELIVERY] = {"post-delivery", {.55, 1, .50}},
    [SURVEY_SUPPORT] = {"support", {.35, 1, .85}},
    [SURVEY_RELATIONSHIP] = {"relationship", {1, .40, .25}},
};

const struct region_row shop_regions[REGION_COUNT] = {
    {"ES-MD", 15, .02, LANGUAGE_SPANISH, 1, "EUR", 1},
    {"ES-CT", 14, 0, LANGUAGE_SPANISH, 1, "EUR", 1},
    {"ES-AN", 8, .12, LANGUAGE_SPANISH, 1, "EUR", 1},
    {"ES-VC", 6, .05, LANGUAGE_SPANISH, 1, "EUR", 1},
    {"ES-PV", 4, .08, LANGUAGE_SPANISH, 1, "EUR", 1},
    {"FR-IDF", 9, -.22, LANGUAGE_ENGLISH, 1, "EUR", 1},
    {"FR-ARA", 4, -.12, LANGUAGE_ENGLISH, 1, "EUR", 1},
    {"DE-BE", 6, -.28, LANGUAGE_ENGLISH, 1, "EUR", 1},
    {"DE-BY", 6, -.20, LANGUAGE_ENGLISH, 1, "EUR", 1},
    {"GB-LND", 7, -.05, LANGUAGE_ENGLISH, 0, "GBP", .85},
    {"IE-D", 3, .08, LANGUAGE_ENGLISH, 0, "EUR", 1},
    {"PT-11", 4, .10, LANGUAGE_ENGLISH, 0, "EUR", 1},
    {"MX-CMX", 8, .34, LANGUAGE_SPANISH, -6, "MXN", 20},
    {"MX-JAL", 4, .40, LANGUAGE_SPANISH, -6, "MXN", 20},
    {"US-NY", 2, .15, LANGUAGE_ENGLISH, -5, "USD", 1.08},
};

const struct product_row shop_products[PRODUCT_COUNT] = {
    {"basic", 55, 24}, {"plus", 32, 49}, {"family", 13, 85},
};
/* clang-format on */
