/* SPDX-License-Identifier: MIT */
#include "metrics/contrast.h"

#include "metrics/tail.h"

#include <math.h>

/* groups x columns, read row by row: nothing is kept but the column sums. */
struct table {
    const struct definition *definition;
    const struct histogram *groups;
    size_t count;
    int columns;
    double sums[HISTOGRAM_SCORES];
    double n;
    int rows_used;
    int columns_used;
};

/* What the groups are compared by: all scores for a mean, satisfied or not for a share, three bands for a net. */
static double cell(const struct table *table, size_t row, int column)
{
    const struct histogram *group = &table->groups[row];

    if (table->definition->headline == STATISTIC_MEAN)
        return (double)group->counts[column];
    struct bands bands = bands_of(table->definition, group);
    if (column == 0)
        return (double)bands.satisfied;
    if (table->definition->headline == STATISTIC_SHARE)
        return (double)(bands.neutral + bands.dissatisfied);
    return (double)(column == 1 ? bands.neutral : bands.dissatisfied);
}

static int columns_of(const struct definition *definition)
{
    switch (definition->headline) {
    case STATISTIC_NET:
        return 3;
    case STATISTIC_SHARE:
        return 2;
    default:
        return definition->max - definition->min + 1;
    }
}

static struct table table_of(const struct definition *definition, const struct histogram *groups, size_t count)
{
    struct table table = {
        .definition = definition, .groups = groups, .count = count, .columns = columns_of(definition)};

    for (size_t i = 0; i < count; i++) {
        table.rows_used += histogram_n(&groups[i]) > 0;
        table.n += (double)histogram_n(&groups[i]);
        for (int j = 0; j < table.columns; j++)
            table.sums[j] += cell(&table, i, j);
    }
    for (int j = 0; j < table.columns; j++)
        table.columns_used += table.sums[j] > 0;
    return table;
}

static void chi_square(const struct table *table, struct contrast_overall *out)
{
    int small = 0;

    out->statistic = 0;
    out->smallest_expected = INFINITY;
    for (size_t i = 0; i < table->count; i++) {
        double row = (double)histogram_n(&table->groups[i]);
        for (int j = 0; j < table->columns; j++) {
            double expected = row * table->sums[j] / table->n;
            if (!(expected > 0))
                continue; /* an empty group, or a band that nobody chose */
            double off = cell(table, i, j) - expected;
            out->statistic += off * off / expected;
            out->smallest_expected = fmin(out->smallest_expected, expected);
            small += expected < 5;
        }
    }
    out->df = (table->rows_used - 1) * (table->columns_used - 1);
    out->reliable = out->smallest_expected >= 1 && 5 * small <= table->rows_used * table->columns_used;
}

/* H = (N - 1) x spread of the groups' mean ranks / spread of all ranks: equal to the textbook's form with its
 * correction for ties, without the difference of large numbers. Equal scores share their mean rank. */
static void kruskal_wallis(const struct table *table, struct contrast_overall *out)
{
    double ranks[HISTOGRAM_SCORES];
    double below = 0;
    double between = 0;
    double within_all = 0;

    for (int j = 0; j < table->columns; j++) {
        ranks[j] = below + (table->sums[j] + 1) / 2 - (table->n + 1) / 2; /* from the mean of all ranks */
        below += table->sums[j];
        within_all += table->sums[j] * ranks[j] * ranks[j];
    }
    out->reliable = true;
    for (size_t i = 0; i < table->count; i++) {
        double n = (double)histogram_n(&table->groups[i]);
        double sum = 0;
        for (int j = 0; j < table->columns; j++)
            sum += cell(table, i, j) * ranks[j];
        if (n > 0) {
            between += sum * sum / n;
            out->reliable = out->reliable && n >= 5;
        }
    }
    out->statistic = (table->n - 1) * between / within_all;
    out->df = table->rows_used - 1;
}

static enum status all_fit(const struct definition *definition, const struct histogram *groups, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!definition_fits(definition, &groups[i]))
            return STATUS_INTERNAL;
    }
    return STATUS_OK;
}

enum status contrast_all(const struct definition *definition, const struct histogram *groups, size_t count,
                         double level, struct contrast_overall *out)
{
    bool of_means = definition->headline == STATISTIC_MEAN;

    *out = (struct contrast_overall){
        .method = of_means ? METHOD_KRUSKAL_WALLIS : METHOD_CHI_SQUARE,
        .statistic = NAN,
        .df = NAN,
        .p = NAN,
        .smallest_expected = NAN,
    };
    if (all_fit(definition, groups, count) != STATUS_OK)
        return STATUS_INTERNAL;
    struct table table = table_of(definition, groups, count);
    if (table.rows_used < 2 || table.columns_used < 2)
        return STATUS_OK;
    if (of_means)
        kruskal_wallis(&table, out);
    else
        chi_square(&table, out);
    out->p = tail_chi_square(out->statistic, out->df);
    out->significant = out->p < 1 - level;
    return STATUS_OK;
}

enum status contrast_with_rest(const struct definition *definition, const struct histogram *whole,
                               const struct histogram *part, double level, enum method method, struct comparison *out)
{
    struct histogram rest = *whole;

    if (histogram_subtract(&rest, part) != STATUS_OK)
        return STATUS_INTERNAL;
    return comparison_of(definition, part, &rest, level, method, out);
}

size_t contrast_pair_count(size_t count)
{
    return count < 2 ? 0 : count * (count - 1) / 2;
}

/* The order of the result: smallest p first, undefined ones last, then by index. */
static bool is_before(const struct contrast_pair *x, const struct contrast_pair *y)
{
    double p = x->comparison.p;
    double q = y->comparison.p;

    if (isnan(p) != isnan(q))
        return isnan(q);
    if (p < q || p > q)
        return p < q;
    return x->a != y->a ? x->a < y->a : x->b < y->b;
}

static void sink(struct contrast_pair *pairs, size_t root, size_t count)
{
    for (size_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        if (child + 1 < count && is_before(&pairs[child], &pairs[child + 1]))
            child++;
        if (!is_before(&pairs[root], &pairs[child]))
            return;
        struct contrast_pair held = pairs[root];
        pairs[root] = pairs[child];
        pairs[child] = held;
        root = child;
    }
}

/* Heapsort: qsort() of glibc may allocate. */
static void sort(struct contrast_pair *pairs, size_t count)
{
    for (size_t i = count / 2; i > 0; i--)
        sink(pairs, i - 1, count);
    for (size_t end = count; end > 1; end--) {
        struct contrast_pair held = pairs[0];
        pairs[0] = pairs[end - 1];
        pairs[end - 1] = held;
        sink(pairs, 0, end - 1);
    }
}

/* Holm 1979: the k-th smallest of m values of p is multiplied by m - k + 1, and none falls under the one before it.
 * Pairs without a p are no tests and do not count. */
static void correct(struct contrast_pair *pairs, size_t count, double level)
{
    size_t tests = 0;
    double before = 0;

    while (tests < count && !isnan(pairs[tests].comparison.p))
        tests++;
    for (size_t i = 0; i < count; i++) {
        pairs[i].p_holm = NAN;
        pairs[i].significant = false;
        if (i < tests) {
            before = fmax(before, fmin((double)(tests - i) * pairs[i].comparison.p, 1));
            pairs[i].p_holm = before;
            pairs[i].significant = before < 1 - level;
        }
    }
}

enum status contrast_pairs(const struct definition *definition, const struct histogram *groups, size_t count,
                           double level, enum method method, struct contrast_pair *pairs)
{
    size_t used = 0;

    for (size_t a = 0; a < count; a++) {
        for (size_t b = a + 1; b < count; b++) {
            struct contrast_pair *pair = &pairs[used++];
            *pair = (struct contrast_pair){.a = a, .b = b};
            enum status status = comparison_of(definition, &groups[a], &groups[b], level, method, &pair->comparison);
            if (status != STATUS_OK)
                return status;
        }
    }
    sort(pairs, used);
    correct(pairs, used, level);
    return STATUS_OK;
}
