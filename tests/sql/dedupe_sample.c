/* SPDX-License-Identifier: MIT */
#include "dedupe_sample.h"

#include "base/buffer.h"
#include "base/timestamp.h"
#include "feedback.h"

#include <check.h>
#include <string.h>

enum { LENGTH_OF_QUARTER_US = 900 * 1000000, CUSTOMERS = 40 };

const char *const sample_channels[SAMPLE_CHANNELS] = {"web", "app", "shop", NULL};
const char *const sample_regions[SAMPLE_REGIONS] = {"ES", "FR-IDF", NULL};

/* The first counter of each question, and the first score of its scale. */
static const int first_counters[SAMPLE_QUESTIONS] = {0, 11, 16};
static const int first_scores[SAMPLE_QUESTIONS] = {0, 1, 1};
static const int last_scores[SAMPLE_QUESTIONS] = {10, 5, 7};

/* --- writing --------------------------------------------------------------------------------------------------------- */

static int value_id(int value, int count, int32_t project_id)
{
    /* Another one in each project. */
    return value == count - 1 ? 0 : 1 + (value + (int)project_id) % (count - 1);
}

static int cell_id(const struct sample_row *row)
{
    return 1 + row->channel * SAMPLE_REGIONS + row->region;
}

void sample_dictionary(const struct tenant *tenant)
{
    int project = (int)tenant->project_id;
    for (int c = 0; c < SAMPLE_CHANNELS - 1; c++)
        feedback_execute("INSERT INTO dimension_value VALUES (%d, 1, %d, '%s')", project,
                         value_id(c, SAMPLE_CHANNELS, project), sample_channels[c]);
    for (int r = 0; r < SAMPLE_REGIONS - 1; r++)
        feedback_execute("INSERT INTO dimension_value VALUES (%d, 2, %d, '%s')", project,
                         value_id(r, SAMPLE_REGIONS, project), sample_regions[r]);
    for (int c = 0; c < SAMPLE_CHANNELS; c++)
        for (int r = 0; r < SAMPLE_REGIONS; r++)
            feedback_execute("INSERT INTO cell VALUES (%d, %d, 0, %d, %d, 0, 0, 0, 0, 0, 0, 0, 0)", project,
                             cell_id(&(struct sample_row){.channel = c, .region = r}),
                             value_id(c, SAMPLE_CHANNELS, project), value_id(r, SAMPLE_REGIONS, project));
}

static void write_row(struct buffer *sql, const struct sample_row *row)
{
    char id[ID_TEXT_SIZE];
    char time[TIMESTAMP_TEXT_SIZE];
    timestamp_format(row->occurred_us, time);
    buffer_format(sql, "(%d, '%s', '%s', now(), now(), %d, %d, 1, ''", (int)row->project_id, id_format(&row->id, id),
                  time, (int)timestamp_quarter(row->occurred_us), cell_id(row));
    for (int q = 0; q < SAMPLE_QUESTIONS; q++)
        if (row->scores[q] == SAMPLE_NO_SCORE)
            buffer_string(sql, ", NULL");
        else
            buffer_format(sql, ", %d", row->scores[q]);
    buffer_format(sql, ", %s, %s", row->is_out && row->channel % 2 ? "true" : "false",
                  row->is_out && row->channel % 2 == 0 ? "true" : "false");
    if (row->customer == SAMPLE_NOBODY)
        buffer_string(sql, ", NULL)");
    else
        buffer_format(sql, ", 'c%d')", row->customer);
}

void sample_insert(const struct sample_row *rows, size_t count)
{
    struct buffer sql;
    buffer_init(&sql);
    buffer_string(&sql, "INSERT INTO response (project_id, id, occurred_at, received_at, updated_at, quarter, cell_id, "
                        "key_id, content_hash, nps, csat, ces, is_test, excluded, customer_id) VALUES ");
    for (size_t i = 0; i < count; i++) {
        buffer_string(&sql, i ? ", " : "");
        write_row(&sql, &rows[i]);
    }
    feedback_execute("%s", sql.data);
    buffer_clear(&sql);
}

/* --- chance ---------------------------------------------------------------------------------------------------------- */

static int random_below(uint64_t *seed, int limit)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (int)((*seed >> 33) % (uint64_t)limit);
}

static struct id random_id(uint64_t *seed)
{
    struct id id;
    for (size_t i = 0; i < sizeof id.bytes; i++)
        id.bytes[i] = (uint8_t)random_below(seed, 256);
    return id;
}

void sample_random(struct sample_row *rows, size_t count, int32_t project_id, int32_t from, int32_t to, uint64_t *seed)
{
    static const int64_t within[] = {0, 0, 1, 450000000, LENGTH_OF_QUARTER_US - 1};
    for (size_t i = 0; i < count; i++) {
        struct sample_row *row = &rows[i];
        /* Every seventh quarter only, and a whole day where everything falls on one moment. */
        int32_t quarter = from + random_below(seed, (to - from) / 7) * 7;
        *row = (struct sample_row){.project_id = project_id,
                                   .id = random_id(seed),
                                   .occurred_us = quarter_start_us(quarter) + within[random_below(seed, 5)],
                                   .customer = random_below(seed, 8) ? random_below(seed, CUSTOMERS) : SAMPLE_NOBODY,
                                   .channel = random_below(seed, SAMPLE_CHANNELS),
                                   .region = random_below(seed, SAMPLE_REGIONS),
                                   .is_out = random_below(seed, 12) == 0};
        if (random_below(seed, 3) == 0)
            row->occurred_us = quarter_start_us(from + 96 * random_below(seed, (to - from) / 96));
        for (int q = 0; q < SAMPLE_QUESTIONS; q++)
            row->scores[q] = random_below(seed, 3)
                                 ? first_scores[q] + random_below(seed, last_scores[q] - first_scores[q] + 1)
                                 : SAMPLE_NO_SCORE;
    }
}

/* --- the oracle ------------------------------------------------------------------------------------------------------ */

struct oracle {
    const struct rollup_query *query;
    struct sample_filter filter;
    enum dedupe dedupe;
    const struct sample_row *rows;
    size_t count;
};

static int bucket_of(const struct oracle *oracle, const struct sample_row *row)
{
    const struct calendar *calendar = oracle->query->calendar;
    int bucket = 0;
    for (size_t i = 1; calendar && i < calendar->count; i++)
        bucket += row->occurred_us >= quarter_start_us(calendar->boundaries[i]);
    return bucket;
}

static bool is_asked_for(const struct oracle *oracle, const struct sample_row *row, int question)
{
    bool is_of_project = false;
    for (size_t i = 0; i < oracle->query->project_count; i++)
        is_of_project |= oracle->query->project_ids[i] == row->project_id;
    return is_of_project && !row->is_out && row->scores[question] != SAMPLE_NO_SCORE &&
           row->occurred_us >= quarter_start_us(oracle->query->from) &&
           row->occurred_us < quarter_start_us(oracle->query->to) &&
           (oracle->filter.channels == 0 || oracle->filter.channels >> row->channel & 1) &&
           (oracle->filter.regions == 0 || oracle->filter.regions >> row->region & 1);
}

static bool is_before(const struct sample_row *a, const struct sample_row *b)
{
    if (a->occurred_us != b->occurred_us)
        return a->occurred_us < b->occurred_us;
    return memcmp(a->id.bytes, b->id.bytes, sizeof a->id.bytes) < 0;
}

/* No other answer of this customer to this question comes before (after) it. */
static bool is_kept(const struct oracle *oracle, const struct sample_row *row, int question)
{
    if (!is_asked_for(oracle, row, question))
        return false;
    for (size_t i = 0; row->customer != SAMPLE_NOBODY && i < oracle->count; i++) {
        const struct sample_row *other = &oracle->rows[i];
        if (other != row && other->customer == row->customer && other->project_id == row->project_id &&
            is_asked_for(oracle, other, question) && bucket_of(oracle, other) == bucket_of(oracle, row) &&
            (oracle->dedupe == DEDUPE_FIRST ? is_before(other, row) : is_before(row, other)))
            return false;
    }
    return true;
}

static bool is_value(struct text text, const char *value)
{
    return value == NULL ? text_is_absent(text) : text_equal(text, text_of(value));
}

static bool is_in_group(const struct oracle *oracle, const struct rollup_group *group, const struct sample_row *row)
{
    return (!oracle->query->by_project || group->project_id == row->project_id) &&
           ((oracle->query->group_by >> DIMENSION_CHANNEL & 1) == 0 ||
            is_value(group->values[DIMENSION_CHANNEL], sample_channels[row->channel])) &&
           ((oracle->query->group_by >> DIMENSION_REGION & 1) == 0 ||
            is_value(group->values[DIMENSION_REGION], sample_regions[row->region]));
}

/* Counters of a group's bucket; of everything without a group. */
static void recount(const struct oracle *oracle, const struct rollup_group *group, int bucket, const bool *kept,
                    int64_t counts[ROLLUP_COUNTERS])
{
    memset(counts, 0, ROLLUP_COUNTERS * sizeof *counts);
    for (size_t i = 0; i < oracle->count; i++) {
        const struct sample_row *row = &oracle->rows[i];
        if (group != NULL && (!is_in_group(oracle, group, row) || bucket_of(oracle, row) != bucket))
            continue;
        for (int q = 0; q < SAMPLE_QUESTIONS; q++)
            if (kept[i * SAMPLE_QUESTIONS + (size_t)q])
                counts[first_counters[q] + row->scores[q] - first_scores[q]]++;
    }
}

static void compare_points(const struct oracle *oracle, const struct rollup *rollup, const bool *kept)
{
    int64_t sums[ROLLUP_COUNTERS] = {0};
    int64_t counts[ROLLUP_COUNTERS];
    for (size_t g = 0; g < rollup->group_count; g++)
        for (size_t p = 0; p < rollup->groups[g].point_count; p++) {
            const struct rollup_point *point = &rollup->groups[g].points[p];
            recount(oracle, &rollup->groups[g], point->bucket, kept, counts);
            for (int i = 0; i < ROLLUP_COUNTERS; i++) {
                ck_assert_int_eq(point->counts[i], counts[i]);
                sums[i] += counts[i];
            }
        }
    /* Nothing was left out. */
    recount(oracle, NULL, 0, kept, counts);
    for (int i = 0; i < ROLLUP_COUNTERS; i++)
        ck_assert_int_eq(sums[i], counts[i]);
}

static void set_filter(struct rollup_query *query, enum dimension dimension, unsigned bits, const char *const *names,
                       int name_count, struct text *texts)
{
    size_t count = 0;
    for (int i = 0; i < name_count; i++)
        if (bits >> i & 1)
            texts[count++] = names[i] == NULL ? TEXT_ABSENT : text_of(names[i]);
    query->values[dimension] = texts;
    query->value_counts[dimension] = count;
}

void sample_compare(struct connection *connection, struct rollup_query query, struct sample_filter filter,
                    enum dedupe dedupe, const struct sample_row *rows, size_t count)
{
    struct oracle oracle = {&query, filter, dedupe, rows, count};
    struct arena *arena = arena_new(0);
    bool *kept = arena_array(arena, count * SAMPLE_QUESTIONS + 1, sizeof *kept);
    struct text channels[SAMPLE_CHANNELS];
    struct text regions[SAMPLE_REGIONS];
    struct rollup rollup;

    set_filter(&query, DIMENSION_CHANNEL, filter.channels, sample_channels, SAMPLE_CHANNELS, channels);
    set_filter(&query, DIMENSION_REGION, filter.regions, sample_regions, SAMPLE_REGIONS, regions);
    for (size_t i = 0; i < count * SAMPLE_QUESTIONS; i++)
        kept[i] = is_kept(&oracle, &rows[i / SAMPLE_QUESTIONS], (int)(i % SAMPLE_QUESTIONS));
    ck_assert_int_eq(dedupe_read(connection, &query, dedupe,
                                 &(struct dedupe_window){query.from, query.to, query.calendar}, 1, DEDUPE_RESPONSES_MAX,
                                 arena, &rollup),
                     STATUS_OK);
    compare_points(&oracle, &rollup, kept);
    arena_free(arena);
}
