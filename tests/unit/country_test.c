/* SPDX-License-Identifier: MIT */
#include "../../src/storage/country.h"

#include "storage/dimension.h"
#include "support/runner.h"

START_TEST(a_region_of_iso_3166_has_a_country)
{
    ck_assert(text_equal(country_of_region(text_of("ES-CT")), text_of("ES")));
    ck_assert(text_equal(country_of_region(text_of("GB")), text_of("GB")));
    ck_assert(text_equal(country_of_region(text_of("US-CA")), text_of("US")));
    ck_assert(text_equal(country_of_region(text_of("AD-08")), text_of("AD")));
    ck_assert(text_equal(country_of_region(text_of("ZW")), text_of("ZW")));
}
END_TEST

static const char *const others[] = {"EU", "XX-1", "ESP", "EMEA", "E", "ES-", "ES-ABCD", "ES_CT", "ES-c", "North", ""};

START_TEST(any_other_region_has_none)
{
    ck_assert_msg(text_is_absent(country_of_region(text_of(others[_i]))), "%s", others[_i]);
}
END_TEST

START_TEST(values_do_not_run_into_each_other)
{
    struct cell_key a = {.project_id = 1, .values = {{"ab", 2}, {"c", 1}}};
    struct cell_key b = {.project_id = 1, .values = {{"a", 1}, {"bc", 2}}};
    struct cell_key c = {.project_id = 1, .values = {{"ab", 2}, {"c", 1}}};
    cell_key_seal(&a);
    cell_key_seal(&b);
    cell_key_seal(&c);
    ck_assert(!cell_key_equal(&a, &b));
    ck_assert(cell_key_equal(&a, &c));
    c.project_id = 2;
    cell_key_seal(&c);
    ck_assert(!cell_key_equal(&a, &c));
}
END_TEST

Suite *country_suite(void)
{
    Suite *suite = RUNNER_SUITE("country", a_region_of_iso_3166_has_a_country, values_do_not_run_into_each_other);
    TCase *table = tcase_create("others");
    tcase_add_loop_test(table, any_other_region_has_none, 0, sizeof others / sizeof others[0]);
    suite_add_tcase(suite, table);
    return suite;
}
