/* SPDX-License-Identifier: MIT */
#include "base/meter.h"

#include "support/runner.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

static const double bounds[] = {0.1, 1, 10};

/* What is written now. Each test has a process, and so a registry, of its own. */
static const char *written(void)
{
    static struct buffer text;
    buffer_reset(&text);
    meter_write(&text);
    ck_assert(!text.failed);
    return text.data;
}

static void assert_writes(const char *expected)
{
    const char *text = written();
    ck_assert_msg(strstr(text, expected) != NULL, "missing:\n%s\nin:\n%s", expected, text);
}

START_TEST(counter_sums_what_is_added)
{
    struct meter *meter = meter_register(METER_COUNTER, "test_total", NULL, "Things.", NULL, 0);
    assert_writes("# HELP test_total Things.\n# TYPE test_total counter\ntest_total 0\n");
    meter_add(meter, 1);
    meter_add(meter, 2.5);
    assert_writes("test_total 3.5\n");
}
END_TEST

START_TEST(gauge_goes_up_and_down)
{
    struct meter *meter = meter_register(METER_GAUGE, "test_depth", NULL, "Depth.", NULL, 0);
    meter_set(meter, 10);
    meter_add(meter, -3);
    assert_writes("# TYPE test_depth gauge\ntest_depth 7\n");
}
END_TEST

START_TEST(labels_of_one_name_stand_under_one_header)
{
    struct meter *get = meter_register(METER_COUNTER, "test_total", "method=\"GET\"", "Things.", NULL, 0);
    meter_register(METER_COUNTER, "other_total", NULL, "Others.", NULL, 0);
    struct meter *post = meter_register(METER_COUNTER, "test_total", "method=\"POST\"", "Things.", NULL, 0);
    meter_add(get, 1);
    meter_add(post, 2);
    assert_writes("# TYPE test_total counter\ntest_total{method=\"GET\"} 1\ntest_total{method=\"POST\"} 2\n");
}
END_TEST

START_TEST(label_is_copied_and_known_again)
{
    char label[] = "method=\"GET\"";
    struct meter *meter = meter_register(METER_COUNTER, "test_total", label, "Things.", NULL, 0);
    label[8] = 'P';
    assert_writes("test_total{method=\"GET\"} 0\n");
    ck_assert_ptr_eq(meter_register(METER_COUNTER, "test_total", "method=\"GET\"", "Things.", NULL, 0), meter);
}
END_TEST

/* Prometheus: le is inclusive, buckets are cumulative, +Inf equals the count. */
START_TEST(histogram_counts_cumulatively_up_to_each_bound)
{
    struct meter *meter = meter_register(METER_HISTOGRAM, "test_seconds", NULL, "Time.", bounds, 3);
    meter_observe(meter, 0.1);
    meter_observe(meter, 0.5);
    meter_observe(meter, 1);
    meter_observe(meter, 99);
    assert_writes("# TYPE test_seconds histogram\n"
                  "test_seconds_bucket{le=\"0.1\"} 1\n"
                  "test_seconds_bucket{le=\"1\"} 3\n"
                  "test_seconds_bucket{le=\"10\"} 3\n"
                  "test_seconds_bucket{le=\"+Inf\"} 4\n"
                  "test_seconds_sum 100.6\n"
                  "test_seconds_count 4\n");
}
END_TEST

START_TEST(histogram_keeps_its_label_beside_le)
{
    struct meter *meter = meter_register(METER_HISTOGRAM, "test_seconds", "route=\"/\"", "Time.", bounds, 3);
    meter_observe(meter, 2);
    assert_writes("test_seconds_bucket{route=\"/\",le=\"10\"} 1\n");
    assert_writes("test_seconds_count{route=\"/\"} 1\n");
}
END_TEST

static double read_context(void *context)
{
    return *(double *)context;
}

START_TEST(reader_is_asked_at_each_scrape)
{
    double value = 3;
    meter_register_reader("test_open", NULL, "Open.", read_context, &value);
    assert_writes("# TYPE test_open gauge\ntest_open 3\n");
    value = 4;
    assert_writes("test_open 4\n");
}
END_TEST

START_TEST(values_that_are_no_numbers_are_written_as_prometheus_reads_them)
{
    struct meter *meter = meter_register(METER_GAUGE, "test_value", NULL, "Value.", NULL, 0);
    meter_set(meter, (double)NAN);
    assert_writes("test_value NaN\n");
    meter_set(meter, -(double)INFINITY);
    assert_writes("test_value -Inf\n");
}
END_TEST

struct shared {
    struct meter *counter;
    struct meter *histogram;
};

static void *count_many(void *context)
{
    struct shared *shared = context;
    for (int i = 0; i < 20000; i++) {
        meter_add(shared->counter, 1);
        meter_observe(shared->histogram, 1);
    }
    return NULL;
}

START_TEST(threads_lose_no_count)
{
    struct shared shared = {
        .counter = meter_register(METER_COUNTER, "test_total", NULL, "Things.", NULL, 0),
        .histogram = meter_register(METER_HISTOGRAM, "test_seconds", NULL, "Time.", bounds, 3),
    };
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, count_many, &shared);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_writes("test_total 80000\n");
    assert_writes("test_seconds_sum 80000\ntest_seconds_count 80000\n");
}
END_TEST

Suite *meter_suite(void)
{
    return RUNNER_SUITE("meter", counter_sums_what_is_added, gauge_goes_up_and_down,
                        labels_of_one_name_stand_under_one_header, label_is_copied_and_known_again,
                        histogram_counts_cumulatively_up_to_each_bound, histogram_keeps_its_label_beside_le,
                        reader_is_asked_at_each_scrape, values_that_are_no_numbers_are_written_as_prometheus_reads_them,
                        threads_lose_no_count);
}
