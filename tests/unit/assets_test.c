/* SPDX-License-Identifier: MIT */
#include "../../src/api/assets.h"

#include "base/digest.h"
#include "support/runner.h"

#include <stdio.h>
#include <string.h>

/* RFC 9110, section 12.5.3. */
START_TEST(gzip_is_taken_where_it_is_named_with_a_weight_above_zero)
{
    static const char *const taken[] = {"gzip", "gzip, deflate, br", "br;q=1.0, GZIP;q=0.8",     "x-gzip",
                                        "*",    "identity, *;q=0.1", "deflate ,\tgzip ; q=0.001"};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        ck_assert_msg(asset_takes_gzip(taken[i]), "%s", taken[i]);
}
END_TEST

START_TEST(gzip_is_not_taken_where_it_is_refused_or_not_named)
{
    static const char *const refused[] = {"",      "identity",       "br", "gzip;q=0",          "gzip; q=0.000, *",
                                          "*;q=0", "gzipped",        "gz", "deflate;q=0.5, br", ",,, ,",
                                          ";",     "*;q=0, gzip;q=0"};
    ck_assert(!asset_takes_gzip(NULL));
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        ck_assert_msg(!asset_takes_gzip(refused[i]), "%s", refused[i]);
}
END_TEST

START_TEST(the_hash_in_the_table_is_that_of_the_bytes)
{
    ck_assert_uint_gt(asset_count, 2);
    for (size_t i = 0; i < asset_count; i++) {
        uint8_t digest[DIGEST_SIZE];
        char text[2 * DIGEST_SIZE + 1];
        digest_sha256(assets[i].bytes, assets[i].size, digest);
        for (size_t byte = 0; byte < DIGEST_SIZE; byte++)
            snprintf(text + 2 * byte, 3, "%02x", digest[byte]);
        ck_assert_str_eq(assets[i].sha256, text);
        ck_assert_ptr_eq(asset_find(assets[i].path), &assets[i]);
    }
    ck_assert_ptr_null(asset_find("page/none.js"));
    ck_assert_ptr_null(asset_find(""));
}
END_TEST

Suite *assets_suite(void)
{
    return RUNNER_SUITE("assets", gzip_is_taken_where_it_is_named_with_a_weight_above_zero,
                        gzip_is_not_taken_where_it_is_refused_or_not_named, the_hash_in_the_table_is_that_of_the_bytes);
}
