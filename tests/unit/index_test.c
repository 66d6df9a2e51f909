/* SPDX-License-Identifier: MIT */
#include "metrics/index.h"

#include "support/runner.h"

#include <math.h>

static struct index_component component(double value, double margin, double weight)
{
    return (struct index_component){
        .estimate = {.value = value, .interval = {0.95, value - margin, value + margin, METHOD_ADJUSTED_WALD}},
        .weight = weight,
    };
}

START_TEST(index_is_the_weighted_mean)
{
    const struct index_component components[] = {component(40, 4, 2), component(20, 8, 1), component(30, 4, 1)};
    struct index_score index = index_of(components, 3);
    ck_assert_double_eq(index.estimate.value, 32.5);
    ck_assert_double_eq(index.estimate.interval.lower, 27.5);
    ck_assert_double_eq(index.estimate.interval.upper, 37.5);
    ck_assert_double_eq(index.estimate.interval.level, 0.95);
    ck_assert_int_eq(index.estimate.interval.method, METHOD_WEIGHTED_BOUNDS);
    ck_assert_double_eq(index.coverage, 1);
}
END_TEST

START_TEST(missing_component_leaves_its_weight_to_the_others)
{
    const struct index_component components[] = {component(40, 4, 1), component(NAN, NAN, 2), component(30, 4, 1)};
    struct index_score index = index_of(components, 3);
    ck_assert_double_eq(index.estimate.value, 35);
    ck_assert_double_eq(index.estimate.interval.lower, 31);
    ck_assert_double_eq(index.coverage, 0.5);
}
END_TEST

START_TEST(component_without_weight_says_nothing)
{
    const struct index_component components[] = {component(40, 4, 1), component(-90, NAN, 0)};
    struct index_score index = index_of(components, 2);
    ck_assert_double_eq(index.estimate.value, 40);
    ck_assert_double_eq(index.estimate.interval.upper, 44);
}
END_TEST

START_TEST(value_without_interval_leaves_the_index_without_one)
{
    const struct index_component components[] = {component(40, 4, 1), component(20, NAN, 1)};
    struct index_score index = index_of(components, 2);
    ck_assert_double_eq(index.estimate.value, 30);
    ck_assert(isnan(index.estimate.interval.lower) && isnan(index.estimate.interval.upper));
}
END_TEST

START_TEST(nothing_to_weigh_gives_no_index)
{
    const struct index_component components[] = {component(NAN, NAN, 1), component(NAN, NAN, 1)};
    struct index_score missing = index_of(components, 2);
    struct index_score none = index_of(NULL, 0);
    ck_assert(isnan(missing.estimate.value) && isnan(missing.estimate.interval.lower));
    ck_assert(isnan(none.estimate.value));
    ck_assert_double_eq(missing.coverage, 0);
    ck_assert_double_eq(none.coverage, 0);
}
END_TEST

Suite *index_suite(void)
{
    return RUNNER_SUITE("index", index_is_the_weighted_mean, missing_component_leaves_its_weight_to_the_others,
                        component_without_weight_says_nothing, value_without_interval_leaves_the_index_without_one,
                        nothing_to_weigh_gives_no_index);
}
