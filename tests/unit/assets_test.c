/* SPDX-License-Identifier: MIT */
#include "../../src/api/assets.h"

#include "base/digest.h"
#include "support/runner.h"

#include <stdio.h>
#include <string.h>

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
    return RUNNER_SUITE("assets", the_hash_in_the_table_is_that_of_the_bytes);
}
