/* SPDX-License-Identifier: MIT */
#include "../../src/api/answer_age.h"

#include "support/runner.h"

/* In ms here. */
#define MS INT64_C(1000)

static const struct answer_ages ages = {250 * MS, 1000 * MS};
static const struct answer_demand none = {0, 0, 0};
static const struct answer_demand high = {0, 20, 0};

START_TEST(with_nothing_stored_since_it_is_fresh_for_as_long_as_others_may_be_late)
{
    ck_assert(answer_age_is_fresh(&ages, &none, 5000 * MS, 4000 * MS, 5999 * MS));
    ck_assert(answer_age_is_fresh(&ages, &none, 5000 * MS, 5000 * MS, 5999 * MS));
    ck_assert(!answer_age_is_fresh(&ages, &high, 5000 * MS, 4000 * MS, 6000 * MS));
}
END_TEST

START_TEST(with_something_stored_since_it_is_fresh_for_a_quarter_of_a_second_if_it_is_asked_often)
{
    ck_assert(answer_age_is_fresh(&ages, &high, 5000 * MS, 5001 * MS, 5249 * MS));
    ck_assert(!answer_age_is_fresh(&ages, &high, 5000 * MS, 5001 * MS, 5250 * MS));
    ck_assert(!answer_age_is_fresh(&ages, &none, 5000 * MS, 5001 * MS, 5002 * MS));
}
END_TEST

START_TEST(others_may_be_later_never_earlier)
{
    const struct answer_ages quick = {1000 * MS, 100 * MS};
    ck_assert(answer_age_is_fresh(&quick, &high, 5000 * MS, 5001 * MS, 5099 * MS));
    ck_assert(!answer_age_is_fresh(&quick, &high, 5000 * MS, 5001 * MS, 5100 * MS));
    const struct answer_ages never = {0, 0};
    ck_assert(!answer_age_is_fresh(&never, &high, 5000 * MS, 0, 5000 * MS));
}
END_TEST

START_TEST(it_is_to_be_read_anew_from_half_of_its_age)
{
    ck_assert(!answer_age_is_high(&ages, 5000 * MS, 4000 * MS, 5499 * MS));
    ck_assert(answer_age_is_high(&ages, 5000 * MS, 4000 * MS, 5500 * MS));
    ck_assert(!answer_age_is_high(&ages, 5000 * MS, 5001 * MS, 5124 * MS));
    ck_assert(answer_age_is_high(&ages, 5000 * MS, 5001 * MS, 5125 * MS));
}
END_TEST

START_TEST(demand_is_what_was_asked_in_the_last_half_of_a_second)
{
    struct answer_demand demand = {0, 0, 0};
    for (int i = 0; i < 16; i++)
        answer_demand_add(&demand, 10000 * MS + i);
    ck_assert(!answer_demand_is_high(&demand));
    answer_demand_add(&demand, 10249 * MS);
    ck_assert(answer_demand_is_high(&demand));
    ck_assert_uint_eq(answer_demand_count(&demand), 17);
    answer_demand_add(&demand, 10300 * MS);
    ck_assert_uint_eq(answer_demand_count(&demand), 18);
    answer_demand_add(&demand, 10510 * MS);
    ck_assert_uint_eq(answer_demand_count(&demand), 2);
    answer_demand_add(&demand, 20000 * MS);
    ck_assert_uint_eq(answer_demand_count(&demand), 1);
}
END_TEST

Suite *answer_age_suite(void)
{
    return RUNNER_SUITE("answer_age", with_nothing_stored_since_it_is_fresh_for_as_long_as_others_may_be_late,
                        with_something_stored_since_it_is_fresh_for_a_quarter_of_a_second_if_it_is_asked_often,
                        others_may_be_later_never_earlier, it_is_to_be_read_anew_from_half_of_its_age,
                        demand_is_what_was_asked_in_the_last_half_of_a_second);
}
