/* SPDX-License-Identifier: MIT */
#include "base/id.h"

#include "base/clock.h"
#include "support/runner.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, IDS_PER_THREAD = 20000 };

static int compare_ids(const void *a, const void *b)
{
    return id_compare(a, b);
}

START_TEST(new_id_is_a_version_7_uuid_of_now)
{
    int64_t before = clock_now_us() / 1000;
    struct id id = id_new();
    int64_t after = clock_now_us() / 1000;
    int64_t ms = 0;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | id.bytes[i];
    ck_assert_int_ge(ms, before);
    ck_assert_int_le(ms, after + 1); /* a run of ids may lead the clock by a tick */
    ck_assert_uint_eq(id.bytes[6] >> 4, 7);
    ck_assert_uint_eq(id.bytes[8] >> 6, 2);
}
END_TEST

START_TEST(ids_of_a_thread_ascend)
{
    enum { COUNT = 10000 };
    static struct id ids[COUNT];
    for (int i = 0; i < COUNT; i++) /* several within one tick of the clock: no assertion slows this loop */
        ids[i] = id_new();
    for (int i = 1; i < COUNT; i++)
        ck_assert_int_lt(id_compare(&ids[i - 1], &ids[i]), 0);
}
END_TEST

static void *make_ids(void *ids)
{
    struct id *next = ids;
    for (int i = 0; i < IDS_PER_THREAD; i++)
        next[i] = id_new();
    return NULL;
}

START_TEST(ids_of_all_threads_differ)
{
    struct id *ids = calloc((size_t)THREADS * IDS_PER_THREAD, sizeof *ids);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, make_ids, ids + (ptrdiff_t)i * IDS_PER_THREAD), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    qsort(ids, (size_t)THREADS * IDS_PER_THREAD, sizeof *ids, compare_ids);
    for (int i = 1; i < THREADS * IDS_PER_THREAD; i++)
        ck_assert_int_lt(id_compare(&ids[i - 1], &ids[i]), 0);
    free(ids);
}
END_TEST

/* The random half only: the time would differ anyhow. */
START_TEST(forked_child_draws_other_randomness)
{
    id_new();
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct id id = id_new();
        exit(write(ends[1], &id, sizeof id) == (ssize_t)sizeof id ? 0 : 1); // NOLINT(concurrency-mt-unsafe)
    }
    struct id of_child;
    struct id of_parent = id_new();
    ck_assert_int_eq(read(ends[0], &of_child, sizeof of_child), (ssize_t)sizeof of_child);
    waitpid(child, NULL, 0);
    ck_assert_mem_ne(of_child.bytes + 8, of_parent.bytes + 8, 8);
}
END_TEST

START_TEST(every_random_bit_takes_both_values)
{
    uint8_t ones[8] = {0};
    uint8_t zeros[8] = {0};
    for (int i = 0; i < 200; i++) {
        struct id id = id_new();
        for (int j = 0; j < 8; j++) {
            ones[j] |= id.bytes[8 + j];
            zeros[j] |= (uint8_t)~id.bytes[8 + j];
        }
    }
    ck_assert_mem_eq(ones, "\xBF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
    ck_assert_mem_eq(zeros, "\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
}
END_TEST

/* RFC 9562 appendix A.6. */
START_TEST(text_in_either_case_is_read)
{
    static const uint8_t bytes[ID_SIZE] = {0x01, 0x7F, 0x22, 0xE2, 0x79, 0xB0, 0x7C, 0xC3,
                                           0x98, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F};
    static const char *const texts[] = {"017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"};
    for (int i = 0; i < 2; i++) {
        struct id id;
        ck_assert(id_parse(texts[i], 36, &id));
        ck_assert_mem_eq(id.bytes, bytes, ID_SIZE);
    }
}
END_TEST

START_TEST(text_is_written_in_lower_case)
{
    struct id id;
    char text[ID_TEXT_SIZE];
    ck_assert(id_parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", 36, &id));
    ck_assert_str_eq(id_format(&id, text), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}
END_TEST

START_TEST(other_texts_are_refused)
{
    static const char *const texts[] = {
        "",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
        "017f22e279b07cc398c4dc0c0c07398f",
        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398 ",
        " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "+17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "0x7f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2079b0-7cc3-98c4-dc0c0c07398f",
        "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
        "00000000-0000-0000-0000-000000000000",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct id id;
        ck_assert_msg(!id_parse(texts[i], strlen(texts[i]), &id), "taken: %s", texts[i]);
    }
}
END_TEST

START_TEST(nul_within_text_is_refused)
{
    struct id id;
    ck_assert(!id_parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398\0", 36, &id));
    ck_assert(!id_parse("017f22e2\00079b0-7cc3-98c4-dc0c0c07398f", 36, &id));
}
END_TEST

START_TEST(parse_needs_no_nul_and_reads_nothing_past_its_size)
{
    static const char source[] = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
    struct id id;
    char *text = malloc(36);
    for (int i = 0; i < 36; i++)
        text[i] = source[i];
    ck_assert(id_parse(text, 36, &id));
    ck_assert_uint_eq(id.bytes[15], 0x8f);
    free(text);
}
END_TEST

START_TEST(id_of_a_digest_is_version_8_and_keeps_the_rest)
{
    uint8_t digest[32];
    memset(digest, 0xFF, sizeof digest);
    struct id id = id_from_digest(digest);
    ck_assert_mem_eq(id.bytes, "\xFF\xFF\xFF\xFF\xFF\xFF\x8F\xFF\xBF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", ID_SIZE);
    memset(digest, 0, sizeof digest);
    id = id_from_digest(digest);
    ck_assert_mem_eq(id.bytes, "\0\0\0\0\0\0\x80\0\x80\0\0\0\0\0\0\0", ID_SIZE);
}
END_TEST

START_TEST(compare_orders_as_unsigned_bytes)
{
    struct id low = {.bytes = {0x7F}};
    struct id high = {.bytes = {0x80}};
    ck_assert_int_lt(id_compare(&low, &high), 0);
    ck_assert_int_gt(id_compare(&high, &low), 0);
    ck_assert_int_eq(id_compare(&low, &low), 0);
}
END_TEST

Suite *id_suite(void)
{
    return RUNNER_SUITE("id", new_id_is_a_version_7_uuid_of_now, ids_of_a_thread_ascend, ids_of_all_threads_differ,
                        forked_child_draws_other_randomness, every_random_bit_takes_both_values,
                        text_in_either_case_is_read, text_is_written_in_lower_case, other_texts_are_refused,
                        nul_within_text_is_refused, parse_needs_no_nul_and_reads_nothing_past_its_size,
                        id_of_a_digest_is_version_8_and_keeps_the_rest, compare_orders_as_unsigned_bytes);
}
