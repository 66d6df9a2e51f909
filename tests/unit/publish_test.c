/* SPDX-License-Identifier: MIT */
#include "../../src/api/publish.h"

#include "support/runner.h"

#include <check.h>

enum { PARTS_MAX = 8 };

struct case_ {
    int64_t n[PARTS_MAX];
    size_t count;
    const char *hidden; /* a letter a part: h or . */
};

static const struct case_ cases[] = {
    {{100, 50, 5}, 3, "..."},
    {{100, 50, 4}, 3, ".hh"},
    {{100, 4, 4}, 3, ".hh"},
    {{100, 50, 2, 2}, 4, ".hhh"},
    {{4}, 1, "h"},
    {{100, 4}, 2, "hh"},
    {{0, 100, 3, 0}, 4, ".hh."},
    {{1, 1, 1, 1}, 4, "hhhh"},
    {{0, 0}, 2, ".."},
    {{3, 2, 90, 80}, 4, "hh.."},
    {{1, 7, 6, 90}, 4, "h.h."},
};

START_TEST(small_parts_hide_with_company)
{
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        bool hidden[PARTS_MAX];
        publish_hide(cases[c].n, cases[c].count, 5, hidden);
        for (size_t i = 0; i < cases[c].count; i++)
            ck_assert_msg(hidden[i] == (cases[c].hidden[i] == 'h'), "case %zu, part %zu", c, i);
    }
}
END_TEST

/* The same numbers in each run, below limit. */
static int draw(int limit)
{
    static uint64_t state = 20261122;
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (int)((state >> 33) % (uint64_t)limit);
}

/* Whoever knows the whole and all that is shown learns the sum of the hidden parts: never of one, never of few answers,
 * unless the whole is that small itself. */
START_TEST(the_whole_less_what_is_shown_is_never_one_part)
{
    for (int round = 0; round < 20000; round++) {
        int64_t n[PARTS_MAX];
        bool hidden[PARTS_MAX];
        size_t count = (size_t)draw(PARTS_MAX) + 1;
        int64_t min_n = draw(12) + 1;
        int64_t answers = 0;
        size_t parts = 0;
        size_t with_answers = 0;
        for (size_t i = 0; i < count; i++) {
            n[i] = draw(3) == 0 ? 0 : draw(20);
            with_answers += n[i] > 0;
        }
        publish_hide(n, count, min_n, hidden);
        for (size_t i = 0; i < count; i++) {
            ck_assert(hidden[i] || n[i] == 0 || n[i] >= min_n);
            parts += hidden[i];
            answers += hidden[i] ? n[i] : 0;
        }
        ck_assert(parts == 0 || parts == with_answers || (parts >= 2 && answers >= min_n));
    }
}
END_TEST

START_TEST(a_smallest_n_of_one_hides_nothing)
{
    const int64_t n[] = {1, 0, 3};
    bool hidden[3];
    publish_hide(n, 3, 1, hidden);
    ck_assert(!hidden[0] && !hidden[1] && !hidden[2]);
}
END_TEST

Suite *publish_suite(void)
{
    return RUNNER_SUITE("publish", small_parts_hide_with_company, the_whole_less_what_is_shown_is_never_one_part,
                        a_smallest_n_of_one_hides_nothing);
}
