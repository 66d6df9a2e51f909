/* SPDX-License-Identifier: MIT */
#include "demo/demo.h"

#include "base/timestamp.h"
#include "support/runner.h"

#include <stdlib.h>
#include <string.h>

enum { ANSWERS = 3000 };
static const int64_t UNTIL_US = INT64_C(1795532400) * 1000000; /* 2026-11-24T15:00:00Z */

struct year {
    struct buffer responses;
    struct buffer events;
    size_t response_count;
    size_t event_count;
};

static struct year make_year(const struct demo_options *options)
{
    struct year year;
    struct demo *demo = demo_new(options);
    int days = 0;
    buffer_init(&year.responses);
    buffer_init(&year.events);
    ck_assert_ptr_nonnull(demo);
    while (demo_next_day(demo, &year.responses, &year.events))
        days++;
    ck_assert_int_eq(days, DEMO_DAYS);
    year.response_count = demo_responses(demo);
    year.event_count = demo_events(demo);
    demo_free(demo);
    return year;
}

static void clear_year(struct year *year)
{
    buffer_clear(&year->responses);
    buffer_clear(&year->events);
}

static struct demo_options options_of(uint64_t seed)
{
    return (struct demo_options){.seed = seed, .until_us = UNTIL_US, .answers = ANSWERS, .has_release = true};
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        found++;
    return found;
}

START_TEST(same_seed_gives_the_same_year)
{
    struct demo_options options = options_of(7);
    struct year one = make_year(&options);
    struct year other = make_year(&options);
    ck_assert_str_eq(one.responses.data, other.responses.data);
    ck_assert_str_eq(one.events.data, other.events.data);
    clear_year(&one);
    clear_year(&other);
}
END_TEST

START_TEST(another_seed_gives_another_year)
{
    struct demo_options options = options_of(7);
    struct demo_options more = options_of(8);
    struct year one = make_year(&options);
    struct year other = make_year(&more);
    ck_assert_str_ne(one.responses.data, other.responses.data);
    clear_year(&one);
    clear_year(&other);
}
END_TEST

START_TEST(year_has_about_as_many_answers_as_asked_for)
{
    struct demo_options options = options_of(1);
    struct year year = make_year(&options);
    ck_assert_uint_ge(year.response_count, ANSWERS * 95 / 100);
    ck_assert_uint_le(year.response_count, ANSWERS * 105 / 100);
    ck_assert_uint_eq(count(year.responses.data, "\n"), year.response_count);
    ck_assert_uint_eq(count(year.events.data, "\n"), year.event_count);
    clear_year(&year);
}
END_TEST

/* The moments of a field that every line has. */
static void assert_within_the_year(const char *lines)
{
    static const char FIELD[] = "\"occurred_at\":\"";
    for (const char *found = lines; (found = strstr(found, FIELD)) != NULL;) {
        int64_t us;
        found += strlen(FIELD);
        ck_assert(timestamp_parse(found, strcspn(found, "\""), &us));
        ck_assert_int_le(us, UNTIL_US);
        ck_assert_int_gt(us, UNTIL_US - INT64_C(367) * 86400 * 1000000);
    }
}

START_TEST(nothing_happens_after_its_end)
{
    struct demo_options options = options_of(1);
    struct year year = make_year(&options);
    assert_within_the_year(year.responses.data);
    assert_within_the_year(year.events.data);
    clear_year(&year);
}
END_TEST

START_TEST(every_line_says_that_it_is_made_up)
{
    struct demo_options options = options_of(1);
    struct year year = make_year(&options);
    ck_assert_uint_eq(count(year.responses.data, "\"source\":\"demo\""), year.response_count);
    ck_assert_uint_eq(count(year.events.data, "\"source\":\"demo\""), year.event_count);
    clear_year(&year);
}
END_TEST

START_TEST(release_is_sent_only_where_it_is_declared)
{
    struct demo_options options = options_of(1);
    struct year with = make_year(&options);
    options.has_release = false;
    struct year without = make_year(&options);
    ck_assert_uint_gt(count(with.responses.data, "\"release\":\"5.2\""), 0);
    ck_assert_uint_eq(count(without.responses.data, "release\":"), 0);
    ck_assert_uint_eq(with.response_count, without.response_count);
    clear_year(&with);
    clear_year(&without);
}
END_TEST

START_TEST(year_has_what_the_page_shows)
{
    static const char *const parts[] = {
        "\"channel\":\"web\"",
        "\"channel\":\"mobile\"",
        "\"channel\":\"store\"",
        "\"channel\":\"call-centre\"",
        "\"region\":\"ES-CT\"",
        "\"region\":\"FR-IDF\"",
        "\"region\":\"DE-BE\"",
        "\"region\":\"MX-CMX\"",
        "\"segment\":\"new\"",
        "\"segment\":\"returning\"",
        "\"tags\":[",
        "\"comment\":\"",
        "\"survey\":\"support\"",
        "lang:es",
        "lang:en",
    };
    static const char *const actions[] = {"started", "completed", "failed", "abandoned", "amount"};
    struct demo_options options = options_of(1);
    struct year year = make_year(&options);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        ck_assert_msg(strstr(year.responses.data, parts[i]) != NULL, "no %s", parts[i]);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        ck_assert_msg(strstr(year.events.data, actions[i]) != NULL, "no %s", actions[i]);
    clear_year(&year);
}
END_TEST

Suite *demo_suite(void)
{
    return RUNNER_SUITE("demo", same_seed_gives_the_same_year, another_seed_gives_another_year,
                        year_has_about_as_many_answers_as_asked_for, nothing_happens_after_its_end,
                        every_line_says_that_it_is_made_up, release_is_sent_only_where_it_is_declared,
                        year_has_what_the_page_shows);
}
