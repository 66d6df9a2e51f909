/* SPDX-License-Identifier: MIT */
#include "../../src/api/list_query.h"

#include "asked.h"
#include "base/clock.h"
#include "http/reply.h"
#include "support/runner.h"

#include <stdio.h>
#include <string.h>

/* Which rows a list is asked for. */

static const char RESPONSES[] = "/v1/responses";
static const char EVENTS[] = "/v1/events";
static const char EXPORT[] = "/v1/customers/{customer_id}/export";
static const char SURVEYS[] = "/v1/surveys";

static const struct id id = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 16}};

static struct response_filter responses;
static struct event_filter events;
static struct customer_query customer;
static struct survey_list_query surveys;

static bool ask_responses(const char *query)
{
    asked_get(RESPONSES, NULL, query);
    return list_query_responses(asked.request, &responses);
}

static bool ask_events(const char *query)
{
    asked_get(EVENTS, NULL, query);
    return list_query_events(asked.request, &events);
}

static bool ask_export(const char *customer_id, const char *query)
{
    asked_get(EXPORT, customer_id, query);
    return list_query_customer(asked.request, &customer);
}

static bool ask_surveys(const char *query)
{
    asked_get(SURVEYS, NULL, query);
    return list_query_surveys(asked.request, &surveys);
}

/* "cursor=…" of that list, at one second after 1970. */
static const char *cursor_of(const char *list)
{
    static char query[256];
    snprintf(query, sizeof query, "cursor=%s", cursor_seal(asked.arena, list, 1000000, &id));
    return query;
}

static void check_text(struct text text, const char *expected)
{
    ck_assert_msg(text_is(text, expected), "%.*s is not %s", (int)text.size, text.bytes, expected);
}

/* Two days from now: a phone's clock may be a day ahead. */
static void check_is_to_be(int64_t us)
{
    const int64_t two_days_us = INT64_C(172800) * 1000000;
    ck_assert_int_le(us - two_days_us, clock_now_us());
    ck_assert_int_gt(us - two_days_us, clock_now_us() - INT64_C(60) * 1000000);
}

START_TEST(without_a_query_the_newest_hundred_are_listed)
{
    ck_assert(ask_responses(""));
    ck_assert_int_eq(responses.project_id, ASKED_SHOP);
    ck_assert_int_eq(responses.limit, 100);
    ck_assert_int_eq(responses.from_us, 0);
    check_is_to_be(responses.to_us);
    ck_assert_int_eq(responses.band, BAND_ANY);
    ck_assert_int_eq(responses.has_comment, -1);
    ck_assert_int_eq(responses.excluded, -1);
    ck_assert_int_eq(responses.is_test, -1);
    ck_assert(!responses.by_update && !responses.has_cursor);
    ck_assert(text_is_absent(responses.customer_id) && text_is_absent(responses.words));
    ck_assert_int_eq(responses.posted.key_id, 0);
    ck_assert_int_eq(responses.posted.from_us, 0);
    ck_assert_int_eq(responses.posted.to_us, INT64_MAX);
    ck_assert(ask_events(""));
    ck_assert_int_eq(events.project_id, ASKED_SHOP);
    ck_assert_int_eq(events.limit, 100);
    ck_assert_int_eq(events.from_us, 0);
    check_is_to_be(events.to_us);
    ck_assert(!events.has_cursor && text_is_absent(events.action));
    ck_assert(ask_export("c-1", ""));
    ck_assert_int_eq(customer.project_id, ASKED_SHOP);
    ck_assert_int_eq(customer.limit, 100);
    ck_assert(!customer.has_cursor && !customer.in_events);
    check_text(customer.customer_id, "c-1");
    ck_assert(ask_surveys(""));
    ck_assert_int_eq(surveys.limit, 100);
    ck_assert_ptr_null(surveys.after);
}
END_TEST

START_TEST(responses_are_filtered_by_all_that_is_asked)
{
    ck_assert(
        ask_responses("from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00%2B01:00&limit=7&customer_id=c-1&interaction_id="
                      "i-2&q=easy+quick&band=passive&has_comment=true&excluded=false&test=true&channel=web&channel=app&"
                      "region=&release=4.1"));
    ck_assert_int_eq(responses.from_us, asked_at("2026-11-01T00:00:00Z"));
    ck_assert_int_eq(responses.to_us, asked_at("2026-11-01T23:00:00Z"));
    ck_assert_int_eq(responses.limit, 7);
    check_text(responses.customer_id, "c-1");
    check_text(responses.interaction_id, "i-2");
    check_text(responses.words, "easy quick");
    ck_assert_int_eq(responses.band, BAND_PASSIVE);
    ck_assert_int_eq(responses.has_comment, 1);
    ck_assert_int_eq(responses.excluded, 0);
    ck_assert_int_eq(responses.is_test, 1);
    ck_assert_uint_eq(responses.value_counts[DIMENSION_CHANNEL], 2);
    check_text(responses.values[DIMENSION_CHANNEL][1], "app");
    ck_assert_uint_eq(responses.value_counts[DIMENSION_REGION], 1);
    ck_assert(text_is_absent(responses.values[DIMENSION_REGION][0]));
    check_text(responses.values[DIMENSION_DECLARED_1][0], "4.1");
    ck_assert_uint_eq(responses.value_counts[DIMENSION_PRODUCT], 0);
}
END_TEST

START_TEST(bands_are_told_by_their_names)
{
    static const struct {
        const char *query;
        enum response_band band;
    } cases[] = {{"band=promoter", BAND_PROMOTER}, {"band=passive", BAND_PASSIVE}, {"band=detractor", BAND_DETRACTOR}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert(ask_responses(cases[i].query));
        ck_assert_int_eq(responses.band, cases[i].band);
    }
}
END_TEST

START_TEST(events_are_filtered_by_all_that_is_asked)
{
    ck_assert(
        ask_events("from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z&limit=1000&action=viewed&stage=pay&customer_id=c&"
                   "session_id=s&interaction_id=i&touchpoint=checkout"));
    ck_assert_int_eq(events.from_us, asked_at("2026-11-01T00:00:00Z"));
    ck_assert_int_eq(events.to_us, asked_at("2026-11-02T00:00:00Z"));
    ck_assert_int_eq(events.limit, 1000);
    check_text(events.action, "viewed");
    check_text(events.stage, "pay");
    check_text(events.customer_id, "c");
    check_text(events.session_id, "s");
    check_text(events.interaction_id, "i");
    check_text(events.values[DIMENSION_TOUCHPOINT][0], "checkout");
}
END_TEST

START_TEST(what_a_key_posted_is_for_admins_to_ask)
{
    static const char query[] = "key_id=12&received_from=2026-11-01T00:00:00Z&received_to=2026-11-02T00:00:00Z";
    ck_assert(!ask_responses(query));
    asked_check_problem(403, "forbidden", 0);
    ck_assert(!ask_events(query));
    asked_check_problem(403, "forbidden", 0);
    asked.key.scope = SCOPE_ADMIN;
    ck_assert(ask_responses(query));
    ck_assert_int_eq(responses.posted.key_id, 12);
    ck_assert_int_eq(responses.posted.from_us, asked_at("2026-11-01T00:00:00Z"));
    ck_assert_int_eq(responses.posted.to_us, asked_at("2026-11-02T00:00:00Z"));
    ck_assert(ask_events(query));
    ck_assert_int_eq(events.posted.key_id, 12);
    ck_assert_int_eq(events.posted.from_us, asked_at("2026-11-01T00:00:00Z"));
    ck_assert_int_eq(events.posted.to_us, asked_at("2026-11-02T00:00:00Z"));
}
END_TEST

START_TEST(times_must_not_be_the_wrong_way_round)
{
    static const char empty[] = "from=2026-11-01T00:00:00Z&to=2026-11-01T00:00:00Z";
    static const char received[] = "received_from=2026-11-01T00:00:00Z&received_to=2026-11-01T00:00:00Z";
    ck_assert(!ask_responses(empty));
    asked_check_fault("from", "must be before to");
    ck_assert(!ask_events(empty));
    asked_check_fault("from", "must be before to");
    ck_assert(!ask_responses(received));
    asked_check_fault("received_from", "must be before received_to");
    ck_assert(!ask_events(received));
    asked_check_fault("received_from", "must be before received_to");
    ck_assert(ask_responses("from=2026-11-01T00:00:00Z&to=2026-11-01T00:00:00.000001Z"));
}
END_TEST

START_TEST(the_order_of_updates_has_no_other_times)
{
    static const char detail[] = "is another order of the list: it can't be combined with from and to";
    ck_assert(ask_responses("updated_since=2026-11-01T00:00:00Z"));
    ck_assert(responses.by_update);
    ck_assert_int_eq(responses.updated_since_us, asked_at("2026-11-01T00:00:00Z"));
    ck_assert(!ask_responses("updated_since=2026-11-01T00:00:00Z&from=2026-11-01T00:00:00Z"));
    asked_check_fault("updated_since", detail);
    ck_assert(!ask_responses("updated_since=2026-11-01T00:00:00Z&to=2026-11-01T00:00:00Z"));
    asked_check_fault("updated_since", detail);
}
END_TEST

START_TEST(words_are_counted_between_spaces)
{
    char query[256] = "q=";
    ck_assert(!ask_responses("q=+++"));
    asked_check_fault("q", "must be 1 to 16 words");
    ck_assert(ask_responses("q=++a++b+"));
    for (int i = 0; i < RESPONSE_WORDS_MAX; i++)
        strcat(query, "a+");
    ck_assert(ask_responses(query));
    strcat(query, "a");
    ck_assert(!ask_responses(query));
    asked_check_fault("q", "must be 1 to 16 words");
}
END_TEST

START_TEST(a_cursor_goes_on_in_its_own_list)
{
    ck_assert(ask_responses(cursor_of("responses")));
    ck_assert(responses.has_cursor);
    ck_assert_int_eq(responses.cursor_us, 1000000);
    ck_assert_int_eq(id_compare(&responses.cursor_id, &id), 0);
    ck_assert(ask_events(cursor_of(LIST_EVENTS)));
    ck_assert(events.has_cursor);
    ck_assert_int_eq(events.cursor_us, 1000000);
    ck_assert_int_eq(id_compare(&events.cursor_id, &id), 0);
    ck_assert(ask_export("c", cursor_of(LIST_EXPORT_RESPONSES)));
    ck_assert(customer.has_cursor && !customer.in_events);
    ck_assert_int_eq(customer.cursor_us, 1000000);
    ck_assert(ask_export("c", cursor_of(LIST_EXPORT_EVENTS)));
    ck_assert(customer.has_cursor && customer.in_events);
    ck_assert_int_eq(id_compare(&customer.cursor_id, &id), 0);
    char query[256];
    snprintf(query, sizeof query, "limit=2&cursor=%s", cursor_seal_key(asked.arena, LIST_SURVEYS, "visit"));
    ck_assert(ask_surveys(query));
    ck_assert_int_eq(surveys.limit, 2);
    ck_assert_str_eq(surveys.after, "visit");
}
END_TEST

START_TEST(a_cursor_of_another_list_is_refused)
{
    static const char detail[] = "is not one that this list gave out";
    ck_assert(!ask_responses(cursor_of(LIST_EVENTS)));
    asked_check_fault("cursor", detail);
    ck_assert(!ask_responses(cursor_of("updated")));
    asked_check_fault("cursor", detail);
    ck_assert(!ask_events(cursor_of("responses")));
    asked_check_fault("cursor", detail);
    ck_assert(!ask_export("c", cursor_of("responses")));
    asked_check_fault("cursor", detail);
    ck_assert(!ask_surveys(cursor_of("responses")));
    asked_check_fault("cursor", detail);
    char query[512];
    snprintf(query, sizeof query, "updated_since=2026-11-01T00:00:00Z&%s", cursor_of("updated"));
    ck_assert(ask_responses(query));
}
END_TEST

START_TEST(a_customer_is_named_by_what_a_customer_could_be)
{
    static const char detail[] = "must be 1 to 128 characters long, without control characters";
    char name[2 * 129 + 1] = "";
    for (int i = 0; i < 128; i++)
        strcat(name, "\xc3\xa9");
    ck_assert(ask_export(name, ""));
    strcat(name, "\xc3\xa9");
    ck_assert(!ask_export(name, ""));
    asked_check_fault("customer_id", detail);
    ck_assert(!ask_export("", ""));
    asked_check_fault("customer_id", detail);
    ck_assert(!ask_export("a\nb", ""));
    asked_check_fault("customer_id", detail);
    ck_assert(!ask_export("a\xff", ""));
    asked_check_fault("customer_id", detail);
    ck_assert(!ask_export("", cursor_of("responses")));
    asked_check_problem(422, "validation", 2);
}
END_TEST

Suite *list_query_suite(void)
{
    Suite *suite = suite_create("list_query");
    TCase *tcase = tcase_create("list_query");
    tcase_add_checked_fixture(tcase, asked_setup, asked_teardown);
    tcase_add_test(tcase, without_a_query_the_newest_hundred_are_listed);
    tcase_add_test(tcase, responses_are_filtered_by_all_that_is_asked);
    tcase_add_test(tcase, bands_are_told_by_their_names);
    tcase_add_test(tcase, events_are_filtered_by_all_that_is_asked);
    tcase_add_test(tcase, what_a_key_posted_is_for_admins_to_ask);
    tcase_add_test(tcase, times_must_not_be_the_wrong_way_round);
    tcase_add_test(tcase, the_order_of_updates_has_no_other_times);
    tcase_add_test(tcase, words_are_counted_between_spaces);
    tcase_add_test(tcase, a_cursor_goes_on_in_its_own_list);
    tcase_add_test(tcase, a_cursor_of_another_list_is_refused);
    tcase_add_test(tcase, a_customer_is_named_by_what_a_customer_could_be);
    suite_add_tcase(suite, tcase);
    return suite;
}
