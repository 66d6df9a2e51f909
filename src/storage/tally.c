/* SPDX-License-Identifier: MIT */
#include "tally.h"

#include "base/timestamp.h"

#include <assert.h>
#include <stdlib.h>

/* Where each question's counters begin. */
static const int first_counter[QUESTION_COUNT] = {[QUESTION_NPS] = 0, [QUESTION_CSAT] = 11, [QUESTION_CES] = 16};

static void count_scores(struct tally *tally, const int8_t scores[QUESTION_COUNT])
{
    for (int q = 0; q < QUESTION_COUNT; q++)
        if (scores[q] != SCORE_ABSENT)
            tally->counts[first_counter[q] + scores[q] - question_scales[q].min]++;
}

static int compare(int32_t a, int32_t b)
{
    return (a > b) - (a < b);
}

static int by_key(const void *a, const void *b)
{
    const struct tally *left = a;
    const struct tally *right = b;
    int order = compare(left->project_id, right->project_id);
    if (order == 0)
        order = compare(left->quarter, right->quarter);
    return order ? order : compare(left->cell_id, right->cell_id);
}

static void add(struct tally *tally, const struct tally *other)
{
    for (size_t i = 0; i < ROLLUP_COUNTERS; i++)
        tally->counts[i] = (uint16_t)(tally->counts[i] + other->counts[i]);
}

size_t tally_responses(struct response *const *responses, size_t count, struct tally *tallies)
{
    size_t counted = 0;
    for (size_t i = 0; i < count; i++) {
        const struct response *response = responses[i];
        if (response->is_test)
            continue;
        tallies[counted] =
            (struct tally){response->cell.project_id, timestamp_quarter(response->occurred_us), response->cell_id, {0}};
        count_scores(&tallies[counted++], response->scores);
    }
    return counted;
}

size_t tally_merge(struct tally *tallies, size_t count)
{
    size_t merged = 0;
    assert(count <= TALLY_MAX);
    qsort(tallies, count, sizeof *tallies, by_key);
    for (size_t i = 0; i < count; i++) {
        if (merged > 0 && by_key(&tallies[merged - 1], &tallies[i]) == 0)
            add(&tallies[merged - 1], &tallies[i]);
        else
            tallies[merged++] = tallies[i];
    }
    return merged;
}

int64_t tally_word(const struct tally *tally, size_t word)
{
    int64_t packed = 0;
    for (size_t i = word * 4; i < word * 4 + 4 && i < ROLLUP_COUNTERS; i++)
        packed |= (int64_t)tally->counts[i] << (TALLY_BITS * (i % 4));
    return packed;
}
