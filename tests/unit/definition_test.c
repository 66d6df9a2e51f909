/* SPDX-License-Identifier: MIT */
#include "metrics/definition.h"

#include "metrics/method.h"
#include "support/runner.h"

#include <string.h>

/* Bits i of scores min + i. */
#define SET(...) set_of((const int[]){__VA_ARGS__, -1})

static uint32_t set_of(const int *bits)
{
    uint32_t set = 0;
    for (; *bits >= 0; bits++)
        set |= 1U << *bits;
    return set;
}

START_TEST(built_in_definitions_are_what_definition_make_makes)
{
    const struct definition *const built_in[] = {&definition_nps, &definition_csat, &definition_ces};
    for (size_t i = 0; i < 3; i++) {
        const struct definition *want = built_in[i];
        struct definition made;
        ck_assert_int_eq(definition_make(want->kind, want->min, want->max, POLARITY_HIGH_IS_GOOD, 0, 0, &made),
                         STATUS_OK);
        ck_assert_str_eq(made.id, want->id);
        ck_assert_uint_eq(made.satisfied, want->satisfied);
        ck_assert_uint_eq(made.dissatisfied, want->dissatisfied);
        ck_assert_int_eq(made.headline, want->headline);
    }
    ck_assert_str_eq(definition_nps.id, "nps_0_10");
    ck_assert_str_eq(definition_csat.id, "csat_1_5_top2");
    ck_assert_str_eq(definition_ces.id, "ces_1_7_pct5_7");
    ck_assert_uint_eq(definition_nps.satisfied, SET(9, 10));
    ck_assert_uint_eq(definition_nps.dissatisfied, SET(0, 1, 2, 3, 4, 5, 6));
    ck_assert_uint_eq(definition_csat.satisfied, SET(3, 4));
    ck_assert_uint_eq(definition_ces.satisfied, SET(4, 5, 6));
    ck_assert_uint_eq(definition_ces.dissatisfied, SET(0, 1, 2));
}
END_TEST

START_TEST(ids_tell_definitions_apart)
{
    const struct {
        enum metric_kind kind;
        int min;
        int max;
        enum polarity polarity;
        uint32_t satisfied;
        uint32_t dissatisfied;
        const char *id;
    } cases[] = {
        {METRIC_CSAT, 1, 7, POLARITY_HIGH_IS_GOOD, 0, 0, "csat_1_7_top2"},
        {METRIC_CSAT, 1, 7, POLARITY_HIGH_IS_GOOD, SET(4, 5, 6), 0, "csat_1_7_top3"},
        {METRIC_CSAT, 1, 3, POLARITY_HIGH_IS_GOOD, 0, 0, "csat_1_3_top1"},
        {METRIC_CSAT, 0, 1, POLARITY_HIGH_IS_GOOD, 0, 0, "csat_0_1_top1"},
        {METRIC_CSAT, 1, 5, POLARITY_LOW_IS_GOOD, 0, 0, "csat_1_5_low_top2"},
        {METRIC_CSAT, 1, 5, POLARITY_HIGH_IS_GOOD, SET(2, 3), 0, "csat_1_5_set3_4"},
        {METRIC_CES, 1, 5, POLARITY_LOW_IS_GOOD, 0, 0, "ces_1_5_low_mean"},
        {METRIC_CES, 1, 5, POLARITY_HIGH_IS_GOOD, 0, 0, "ces_1_5_pct4_5"},
        {METRIC_CES, 1, 7, POLARITY_HIGH_IS_GOOD, SET(5, 6), SET(0, 1, 2), "ces_1_7_pct6_7"},
        {METRIC_CES, 1, 7, POLARITY_HIGH_IS_GOOD, SET(2, 4), 0, "ces_1_7_set3_5"},
        {METRIC_RATING, 1, 5, POLARITY_HIGH_IS_GOOD, 0, 0, "rating_1_5_mean"},
        {METRIC_RATING, 1, 10, POLARITY_HIGH_IS_GOOD, 0, 0, "rating_1_10_mean"},
        {METRIC_CUSTOM, -2, 2, POLARITY_HIGH_IS_GOOD, SET(0, 4), 0, "custom_-2_2_set-2_2"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct definition made;
        ck_assert_int_eq(definition_make(cases[i].kind, cases[i].min, cases[i].max, cases[i].polarity,
                                         cases[i].satisfied, cases[i].dissatisfied, &made),
                         STATUS_OK);
        ck_assert_str_eq(made.id, cases[i].id);
    }
}
END_TEST

START_TEST(another_headline_is_another_id)
{
    struct definition ces = definition_ces;
    ck_assert_int_eq(definition_set_headline(&ces, STATISTIC_MEAN), STATUS_OK);
    ck_assert_str_eq(ces.id, "ces_1_7_mean");
    ck_assert_int_eq(definition_set_headline(&ces, STATISTIC_NET), STATUS_OK);
    ck_assert_str_eq(ces.id, "ces_1_7_net_top3_bottom3");
    ck_assert_int_eq(definition_set_headline(&ces, STATISTIC_SHARE), STATUS_OK);
    ck_assert_str_eq(ces.id, definition_ces.id);
    /* The bad end is satisfied already: nobody is dissatisfied. */
    struct definition none;
    ck_assert_int_eq(definition_make(METRIC_CUSTOM, 1, 3, POLARITY_HIGH_IS_GOOD, SET(0, 1), 0, &none), STATUS_OK);
    ck_assert_uint_eq(none.dissatisfied, 0);
    ck_assert_int_eq(definition_set_headline(&none, STATISTIC_NET), STATUS_OK);
    ck_assert_str_eq(none.id, "custom_1_3_net_bottom2_set");
    struct definition nps = definition_nps;
    ck_assert_int_eq(definition_set_headline(&nps, STATISTIC_MEAN), STATUS_INVALID);
    ck_assert_str_eq(nps.id, "nps_0_10");
}
END_TEST

START_TEST(longest_id_fits)
{
    struct definition made;
    ck_assert_int_eq(definition_make(METRIC_CUSTOM, -100, -90, POLARITY_LOW_IS_GOOD, SET(0, 2, 4, 6, 8, 10),
                                     SET(1, 3, 5, 7, 9), &made),
                     STATUS_OK);
    ck_assert_int_eq(definition_set_headline(&made, STATISTIC_NET), STATUS_OK);
    ck_assert_uint_eq(strlen(made.id), 74);
}
END_TEST

START_TEST(worst_scores_are_those_that_are_not_satisfied_already)
{
    struct definition made;
    ck_assert_int_eq(definition_make(METRIC_CSAT, 1, 5, POLARITY_HIGH_IS_GOOD, SET(2, 3, 4), 0, &made), STATUS_OK);
    ck_assert_uint_eq(made.dissatisfied, SET(0, 1));
    ck_assert_int_eq(definition_make(METRIC_CSAT, 1, 5, POLARITY_LOW_IS_GOOD, 0, 0, &made), STATUS_OK);
    ck_assert_uint_eq(made.satisfied, SET(0, 1));
    ck_assert_uint_eq(made.dissatisfied, SET(3, 4));
}
END_TEST

START_TEST(definition_that_makes_no_sense_is_refused)
{
    struct definition made;
    const enum polarity high = POLARITY_HIGH_IS_GOOD;
    ck_assert_int_eq(definition_make(METRIC_CSAT, 5, 1, high, 0, 0, &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_CSAT, 3, 3, high, 0, 0, &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_CSAT, 0, 11, high, 0, 0, &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_CSAT, 95, 101, high, 0, 0, &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_CSAT, -101, -95, high, 0, 0, &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_CSAT, -2147483647, 2147483647, high, 0, 0, &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_CSAT, 1, 5, high, SET(5), 0, &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_CSAT, 1, 5, high, SET(0, 1, 2, 3, 4), 0, &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_CSAT, 1, 5, high, SET(3, 4), SET(0, 3), &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_CSAT, 1, 5, high, SET(3, 4), SET(7), &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_NPS, 1, 10, high, 0, 0, &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_NPS, 0, 10, POLARITY_LOW_IS_GOOD, 0, 0, &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_NPS, 0, 10, POLARITY_LOW_IS_GOOD, SET(9, 10), 0, &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_NPS, 0, 10, high, SET(8, 9, 10), 0, &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_NPS, 0, 9, high, SET(8, 9), SET(0, 1), &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_NPS, 0, 10, high, 0, SET(0, 1), &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_CSAT, 1, 5, high, SET(3), SET(0, 1, 2, 3, 4), &made), STATUS_INVALID);
    ck_assert_int_eq(definition_make(METRIC_CSAT, 1, 5, high, SET(3, 4), SET(3), &made), STATUS_INVALID);
}
END_TEST

START_TEST(kind_scale_and_polarity_say_what_may_be_added_up)
{
    struct definition other = definition_csat;
    ck_assert_int_eq(definition_set_headline(&other, STATISTIC_MEAN), STATUS_OK);
    ck_assert(definition_is_same_scale(&definition_csat, &other));
    ck_assert_int_eq(definition_make(METRIC_CSAT, 1, 7, POLARITY_HIGH_IS_GOOD, 0, 0, &other), STATUS_OK);
    ck_assert(!definition_is_same_scale(&definition_csat, &other));
    ck_assert_int_eq(definition_make(METRIC_CSAT, 2, 5, POLARITY_HIGH_IS_GOOD, 0, 0, &other), STATUS_OK);
    ck_assert(!definition_is_same_scale(&definition_csat, &other));
    ck_assert_int_eq(definition_make(METRIC_CSAT, 1, 5, POLARITY_LOW_IS_GOOD, 0, 0, &other), STATUS_OK);
    ck_assert(!definition_is_same_scale(&definition_csat, &other));
    ck_assert_int_eq(definition_make(METRIC_CES, 1, 5, POLARITY_HIGH_IS_GOOD, 0, 0, &other), STATUS_OK);
    ck_assert(!definition_is_same_scale(&definition_csat, &other));
}
END_TEST

START_TEST(names_are_read_back)
{
    for (int i = 0; i < METRIC_KIND_COUNT; i++) {
        enum metric_kind kind;
        ck_assert_int_eq(metric_kind_parse(metric_kind_name((enum metric_kind)i), &kind), STATUS_OK);
        ck_assert_int_eq((int)kind, i);
    }
    for (int i = 0; i < STATISTIC_COUNT; i++) {
        enum statistic statistic;
        ck_assert_int_eq(statistic_parse(statistic_name((enum statistic)i), &statistic), STATUS_OK);
        ck_assert_int_eq((int)statistic, i);
    }
    for (int i = 0; i < POLARITY_COUNT; i++) {
        enum polarity polarity;
        ck_assert_int_eq(polarity_parse(polarity_name((enum polarity)i), &polarity), STATUS_OK);
        ck_assert_int_eq((int)polarity, i);
    }
    for (int i = METHOD_DEFAULT + 1; i < METHOD_COUNT; i++) {
        enum method method;
        ck_assert_int_eq(method_parse(method_name((enum method)i), &method), STATUS_OK);
        ck_assert_int_eq((int)method, i);
    }
}
END_TEST

START_TEST(unknown_names_are_refused)
{
    enum metric_kind kind;
    enum statistic statistic;
    enum polarity polarity;
    enum method method;
    ck_assert_int_eq(metric_kind_parse("NPS", &kind), STATUS_INVALID);
    ck_assert_int_eq(statistic_parse("", &statistic), STATUS_INVALID);
    ck_assert_int_eq(polarity_parse("high", &polarity), STATUS_INVALID);
    ck_assert_int_eq(method_parse("default", &method), STATUS_INVALID);
    ck_assert_int_eq(method_parse("bootstrap", &method), STATUS_INVALID);
}
END_TEST

Suite *definition_suite(void)
{
    return RUNNER_SUITE("definition", built_in_definitions_are_what_definition_make_makes, ids_tell_definitions_apart,
                        another_headline_is_another_id, longest_id_fits,
                        worst_scores_are_those_that_are_not_satisfied_already,
                        definition_that_makes_no_sense_is_refused, kind_scale_and_polarity_say_what_may_be_added_up,
                        names_are_read_back, unknown_names_are_refused);
}
