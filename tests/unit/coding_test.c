/* SPDX-License-Identifier: MIT */
#include "../../src/api/coding.h"

#include "support/runner.h"

/* RFC 9110, section 12.5.3. */
START_TEST(gzip_is_taken_where_it_is_named_with_a_weight_above_zero)
{
    static const char *const taken[] = {"gzip", "gzip, deflate, br", "br;q=1.0, GZIP;q=0.8", "x-gzip", "*",
                                        "identity, *;q=0.1", "deflate ,\tgzip ; q=0.001",
                                        /* what is no weight says nothing of it */
                                        "gzip;", "gzip; ;", "gzip;q", "gzip;q=", "gzip;q01", "gzip;x=0",
                                        "gzip;level=9;Q=1"};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        ck_assert_msg(coding_takes_gzip(taken[i]), "%s", taken[i]);
}
END_TEST

START_TEST(gzip_is_not_taken_where_it_is_refused_or_not_named)
{
    static const char *const refused[] = {"",
                                          "identity",
                                          "br",
                                          "gzip;q=0",
                                          "gzip; q=0.000, *",
                                          "*;q=0",
                                          "gzipped",
                                          "gz",
                                          "deflate;q=0.5, br",
                                          ",,, ,",
                                          ";",
                                          "*;q=0, gzip;q=0",
                                          "gzip;level=9;q=0",
                                          "gzip;Q=0",
                                          "gzip;;q=0",
                                          "gzxp"};
    ck_assert(!coding_takes_gzip(NULL));
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        ck_assert_msg(!coding_takes_gzip(refused[i]), "%s", refused[i]);
}
END_TEST

START_TEST(gzip_is_preferred_unless_identity_weighs_more)
{
    ck_assert(coding_prefers_gzip("gzip"));
    ck_assert(coding_prefers_gzip("gzip;q=0.5"));
    ck_assert(coding_prefers_gzip("identity, gzip"));
    ck_assert(coding_prefers_gzip("identity;q=0.4, gzip;q=0.5"));
    ck_assert(coding_prefers_gzip("identity;q=0, gzip;q=0.1"));
    ck_assert(coding_prefers_gzip("*"));
    ck_assert(!coding_prefers_gzip("identity, gzip;q=0.9"));
    ck_assert(!coding_prefers_gzip("identity;q=0.5, *;q=0.1"));
    ck_assert(!coding_prefers_gzip("gzip;q=0"));
    ck_assert(!coding_prefers_gzip(NULL));
}
END_TEST

START_TEST(identity_is_refused_by_its_name_or_with_all_others)
{
    ck_assert(coding_refuses_identity("identity;q=0, gzip"));
    ck_assert(coding_refuses_identity("gzip, *;q=0"));
    ck_assert(coding_refuses_identity("Identity; q=0.0"));
    ck_assert(!coding_refuses_identity("gzip"));
    ck_assert(!coding_refuses_identity("*;q=0, identity;q=0.1"));
    ck_assert(!coding_refuses_identity(""));
    ck_assert(!coding_refuses_identity(NULL));
}
END_TEST

Suite *coding_suite(void)
{
    return RUNNER_SUITE("coding", gzip_is_taken_where_it_is_named_with_a_weight_above_zero,
                        gzip_is_not_taken_where_it_is_refused_or_not_named,
                        gzip_is_preferred_unless_identity_weighs_more,
                        identity_is_refused_by_its_name_or_with_all_others);
}
