/* SPDX-License-Identifier: MIT */
#include "../../src/storage/labels.h"

#include "support/runner.h"

#include <stdio.h>
#include <string.h>

static void keep(struct labels *labels, int32_t project_id, int dimension, int id)
{
    char name[40];
    struct label label = {.project_id = project_id, .dimension = (int16_t)dimension, .id = (uint16_t)id};
    int size = snprintf(name, sizeof name, "%d %d %d", project_id, dimension, id);
    label.text = (struct text){name, (size_t)size};
    labels_keep(labels, &label);
}

/* Whether it is known; its name must be the one that it was kept with. */
static bool knows(const struct labels *labels, int32_t project_id, int dimension, int id)
{
    char name[40];
    struct arena *arena = arena_new(0);
    struct label label = {.project_id = project_id, .dimension = (int16_t)dimension, .id = (uint16_t)id};
    bool failed = false;
    bool is_known = labels_find(labels, &label, arena, &failed);
    ck_assert(!failed);
    ck_assert_int_eq(is_known, !text_is_absent(label.text));
    snprintf(name, sizeof name, "%d %d %d", project_id, dimension, id);
    if (is_known)
        ck_assert_str_eq(label.text.bytes, name);
    arena_free(arena);
    return is_known;
}

START_TEST(a_name_is_known_once_it_was_kept)
{
    struct labels labels = {.arena = NULL};
    ck_assert(!knows(&labels, 1, 2, 3));
    keep(&labels, 1, 2, 3);
    ck_assert(knows(&labels, 1, 2, 3));
    ck_assert(!knows(&labels, 2, 2, 3));
    ck_assert(!knows(&labels, 1, 3, 3));
    ck_assert(!knows(&labels, 1, 2, 4));
    labels_clear(&labels);
    ck_assert(!knows(&labels, 1, 2, 3));
}
END_TEST

/* These share a place of the table, and differ by one part alone. */
START_TEST(names_of_one_place_are_told_apart)
{
    static const int pairs[][2][3] = {{{1, 3, 5}, {1994, 3, 5}}, {{7, 1, 5}, {7, 904, 5}}, {{7, 3, 2}, {7, 3, 1695}}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const int *first = pairs[i][0];
        const int *second = pairs[i][1];
        struct labels labels = {.arena = NULL};
        keep(&labels, first[0], first[1], first[2]);
        ck_assert(!knows(&labels, second[0], second[1], second[2]));
        keep(&labels, second[0], second[1], second[2]);
        ck_assert(knows(&labels, first[0], first[1], first[2]));
        ck_assert(knows(&labels, second[0], second[1], second[2]));
        labels_clear(&labels);
    }
}
END_TEST

/* What could not be read has no name, and is asked for again. */
START_TEST(what_has_no_name_is_not_kept)
{
    struct labels labels = {.arena = NULL};
    labels_keep(&labels, &(struct label){.project_id = 1, .id = 1, .text = TEXT_ABSENT});
    ck_assert(!knows(&labels, 1, 0, 1));
    labels_clear(&labels);
}
END_TEST

START_TEST(many_names_are_known_at_once_and_more_begin_anew)
{
    enum { MANY = 3000, MORE = 10000 };
    struct labels labels = {.arena = NULL};
    for (int id = 0; id < MANY; id++)
        keep(&labels, id % 7, id % 11, id);
    for (int id = 0; id < MANY; id++)
        ck_assert(knows(&labels, id % 7, id % 11, id));
    for (int id = 0; id < MORE; id++) {
        keep(&labels, 100 + id / 1000, 0, id % 1000);
        ck_assert(knows(&labels, 100 + id / 1000, 0, id % 1000));
    }
    ck_assert(!knows(&labels, 0, 0, 0));
    ck_assert_uint_lt(arena_size(labels.arena), 1024 * 1024);
    labels_clear(&labels);
}
END_TEST

Suite *labels_suite(void)
{
    return RUNNER_SUITE("labels", a_name_is_known_once_it_was_kept, names_of_one_place_are_told_apart,
                        what_has_no_name_is_not_kept, many_names_are_known_at_once_and_more_begin_anew);
}
