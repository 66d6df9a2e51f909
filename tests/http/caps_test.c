/* SPDX-License-Identifier: MIT */
#include "api.h"
#include "support/runner.h"

#include <stdio.h>
#include <string.h>

/* What a stolen write key can do to the rollups is bounded. A server of its own, with small caps. */

static struct api api;

static void setup(void)
{
    static const char *const settings[] = {"HARK_MAX_DIMENSION_VALUES=10", "HARK_MAX_CELLS=12", NULL};
    api_open(&api, serve_start(&(struct serve_options){.settings = settings}), NULL);
}

static void teardown(void)
{
    api_close(&api);
}

static const struct api_reply *post(const char *channel, const char *product)
{
    return api_post(&api, "/v1/responses",
                    api_text("{\"answers\":{\"nps\":9},\"channel\":\"%s\",\"product\":\"%s\"}", channel, product));
}

START_TEST(new_values_end_at_the_cap_and_known_ones_go_on)
{
    for (int i = 0; i < 10; i++)
        ck_assert_status(post(api_text("c%d", i), "p"), 201);
    const struct api_reply *reply = post("one-too-many", "p");
    ck_assert_status(reply, 422);
    ck_assert_str_eq(api_string(reply, "type"), "/problems/cap");
    ck_assert_ptr_nonnull(strstr(api_string(reply, "detail"), "holds as many as it may"));
    ck_assert_status(post("c3", "p"), 201);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 11);
    ck_assert_int_eq(
        (int)api_count(&api, "SELECT count(*) FROM dimension_value WHERE project_id = %d AND dimension = 1"), 10);
}
END_TEST

START_TEST(combinations_end_at_their_cap)
{
    int created = 0;
    int refused = 0;
    for (int c = 0; c < 5; c++)
        for (int p = 0; p < 5; p++) {
            int status = post(api_text("c%d", c), api_text("p%d", p))->status;
            ck_assert(status == 201 || status == 422);
            created += status == 201;
            refused += status == 422;
        }
    ck_assert_int_eq(created, 12);
    ck_assert_int_eq(refused, 13);
    ck_assert_int_eq(api_metric(&api, "nps", NULL), 12);
    ck_assert_int_eq((int)api_count(&api, "SELECT count(*) FROM cell WHERE project_id = %d"), 12);
}
END_TEST

START_TEST(items_over_the_cap_are_refused_alone)
{
    char lines[4000] = "";
    for (int i = 0; i < 20; i++)
        sprintf(lines + strlen(lines), "{\"answers\":{\"nps\":9},\"channel\":\"c%d\"}\n", i);
    const struct api_reply *reply = api_post_lines(&api, "/v1/responses", lines);
    ck_assert_status(reply, 200);
    ck_assert_int_eq((int)api_number(reply, "accepted"), 10);
    ck_assert_uint_eq(api_size(reply, "rejected"), 10);
    ck_assert_int_eq((int)api_number(reply, "rejected.0.status"), 422);
}
END_TEST

START_TEST(another_project_has_its_own_caps)
{
    struct api other;
    for (int i = 0; i < 10; i++)
        ck_assert_status(post(api_text("c%d", i), "p"), 201);
    api_open(&other, api.serve, NULL);
    ck_assert_status(api_post(&other, "/v1/responses", "{\"answers\":{\"nps\":9},\"channel\":\"c99\"}"), 201);
    api_close(&other);
}
END_TEST

Suite *caps_suite(void)
{
    return API_SUITE("caps", setup, teardown, new_values_end_at_the_cap_and_known_ones_go_on,
                     combinations_end_at_their_cap, items_over_the_cap_are_refused_alone,
                     another_project_has_its_own_caps);
}
