/* SPDX-License-Identifier: MIT */
#include "rollup_group.h"

#include "connection.h"
#include "query.h"

#include <stdlib.h>
#include <string.h>

struct work {
    const struct rollup_query *query;
    struct arena *arena;
    struct rollup_row **rows; /* sorted by group and bucket */
    size_t row_count;
    struct rollup_group *groups;
    size_t group_count;
    struct label *labels; /* of the values that some group has; sorted */
    size_t label_count;
    struct label **unknown; /* those of them that the session has not read yet */
    size_t unknown_count;
};

static uint16_t value_id(const struct rollup_row *row, int dimension)
{
    return (uint16_t)(row->keys[dimension / ROLLUP_KEY_DIMENSIONS] >>
                      (dimension % ROLLUP_KEY_DIMENSIONS * ROLLUP_KEY_BITS));
}

static int by_key(const struct rollup_row *a, const struct rollup_row *b)
{
    if (a->project_id != b->project_id)
        return a->project_id < b->project_id ? -1 : 1;
    return memcmp(a->keys, b->keys, sizeof a->keys);
}

static int by_point(const struct rollup_row *x, const struct rollup_row *y)
{
    if (x->point.bucket != y->point.bucket)
        return x->point.bucket < y->point.bucket ? -1 : 1;
    return (x->definition > y->definition) - (x->definition < y->definition);
}

static int by_key_and_point(const void *a, const void *b)
{
    const struct rollup_row *x = *(struct rollup_row *const *)a;
    const struct rollup_row *y = *(struct rollup_row *const *)b;
    int order = by_key(x, y);
    return order ? order : by_point(x, y);
}

static int by_group_and_point(const void *a, const void *b)
{
    const struct rollup_row *x = *(struct rollup_row *const *)a;
    const struct rollup_row *y = *(struct rollup_row *const *)b;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return by_point(x, y);
}

static int by_label(const void *a, const void *b)
{
    const struct label *x = a;
    const struct label *y = b;
    if (x->project_id != y->project_id)
        return x->project_id < y->project_id ? -1 : 1;
    return x->dimension != y->dimension ? x->dimension - y->dimension : x->id - y->id;
}

static bool is_same_label(const struct label *a, const struct label *b)
{
    return by_label(a, b) == 0;
}

static void number_groups(struct work *work)
{
    qsort(work->rows, work->row_count, sizeof(struct rollup_row *), by_key_and_point);
    for (size_t i = 0; i < work->row_count; i++) {
        work->group_count += i == 0 || by_key(work->rows[i - 1], work->rows[i]) != 0;
        work->rows[i]->group = work->group_count - 1;
    }
}

static bool is_first_of_group(const struct work *work, size_t i)
{
    return i == 0 || work->rows[i]->group != work->rows[i - 1]->group;
}

/* Each value once, however many groups have it. */
static bool list_labels(struct work *work)
{
    size_t kept = 0;
    size_t dimensions = (size_t)__builtin_popcount(work->query->group_by);
    work->labels = arena_array(work->arena, work->group_count * dimensions + 1, sizeof *work->labels);
    if (work->labels == NULL)
        return false;
    for (size_t i = 0; i < work->row_count; i++)
        for (int d = 0; is_first_of_group(work, i) && d < DIMENSION_COUNT; d++)
            if (value_id(work->rows[i], d) != 0)
                work->labels[work->label_count++] = (struct label){
                    .project_id = work->rows[i]->project_id, .dimension = (int16_t)d, .id = value_id(work->rows[i], d)};
    qsort(work->labels, work->label_count, sizeof *work->labels, by_label);
    for (size_t i = 0; i < work->label_count; i++)
        if (kept == 0 || !is_same_label(&work->labels[kept - 1], &work->labels[i]))
            work->labels[kept++] = work->labels[i];
    work->label_count = kept;
    return true;
}

static void label_arguments(struct arguments *arguments, const struct work *work)
{
    argument_array(arguments, ARRAY_INT4);
    for (size_t i = 0; i < work->unknown_count; i++)
        element_int4(arguments, work->unknown[i]->project_id);
    argument_array(arguments, ARRAY_INT2);
    for (size_t i = 0; i < work->unknown_count; i++)
        element_int2(arguments, work->unknown[i]->dimension);
    argument_array(arguments, ARRAY_INT4);
    for (size_t i = 0; i < work->unknown_count; i++)
        element_int4(arguments, work->unknown[i]->id);
}

static bool recall_labels(struct connection *connection, struct work *work)
{
    work->unknown = arena_array(work->arena, work->label_count + 1, sizeof(struct label *));
    if (work->unknown == NULL)
        return false;
    for (size_t i = 0; i < work->label_count; i++) {
        bool failed = false;
        if (!labels_find(&connection->labels, &work->labels[i], work->arena, &failed))
            work->unknown[work->unknown_count++] = &work->labels[i];
        if (failed)
            return false;
    }
    return true;
}

/* In a statement of its own: values are added before a cell counts them and never taken away, so a later moment knows
 * all of them. */
static enum status ask_labels(struct connection *connection, struct work *work)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    bool failed = false;

    arguments_init(&arguments);
    label_arguments(&arguments, work);
    status = query_run(connection, QUERY_DIMENSION_VALUE_NAME, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    for (int i = 0; i < result_rows(result); i++) {
        struct label *label = work->unknown[result_int8(result, i, 0) - 1];
        label->text = result_copy(result, i, 1, work->arena, &failed);
        if (!failed)
            labels_keep(&connection->labels, label);
    }
    result_free(result);
    return failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status read_labels(struct connection *connection, struct work *work)
{
    if (!recall_labels(connection, work))
        return STATUS_NO_MEMORY;
    return work->unknown_count > 0 ? ask_labels(connection, work) : STATUS_OK;
}

static struct text label_of(const struct work *work, const struct rollup_row *row, int dimension)
{
    struct label wanted = {
        .project_id = row->project_id, .dimension = (int16_t)dimension, .id = value_id(row, dimension)};
    const struct label *label;
    if (wanted.id == 0)
        return TEXT_ABSENT;
    label = bsearch(&wanted, work->labels, work->label_count, sizeof wanted, by_label);
    return label->text;
}

static bool name_groups(struct work *work)
{
    work->groups = arena_array(work->arena, work->group_count + 1, sizeof *work->groups);
    if (work->groups == NULL)
        return false;
    for (size_t i = 0; i < work->row_count; i++) {
        struct rollup_group *group = &work->groups[work->rows[i]->group];
        if (!is_first_of_group(work, i))
            continue;
        group->project_id = work->query->by_project ? work->rows[i]->project_id : 0;
        for (int d = 0; d < DIMENSION_COUNT; d++)
            group->values[d] = label_of(work, work->rows[i], d);
    }
    return true;
}

static int compare_texts(struct text a, struct text b)
{
    int order;
    if (text_is_absent(a) || text_is_absent(b))
        return text_is_absent(a) - text_is_absent(b);
    order = memcmp(a.bytes, b.bytes, a.size < b.size ? a.size : b.size);
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

static int by_values(const void *a, const void *b)
{
    const struct rollup_group *x = *(struct rollup_group *const *)a;
    const struct rollup_group *y = *(struct rollup_group *const *)b;
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        int order = compare_texts(x->values[d], y->values[d]);
        if (order != 0)
            return order;
    }
    return 0;
}

/* Ids are each project's own: the groups of several projects are the same where their texts are. The rows of all of them
 * get the number of the first, and the others are left without rows. */
static bool merge_projects(struct work *work)
{
    struct rollup_group **order = arena_array(work->arena, work->group_count + 1, sizeof(struct rollup_group *));
    size_t *merged = arena_array(work->arena, work->group_count + 1, sizeof *merged);
    if (order == NULL || merged == NULL)
        return false;
    for (size_t i = 0; i < work->group_count; i++)
        order[i] = &work->groups[i];
    qsort(order, work->group_count, sizeof(struct rollup_group *), by_values);
    for (size_t i = 0; i < work->group_count; i++) {
        size_t own = (size_t)(order[i] - work->groups);
        bool is_same = i > 0 && by_values(&order[i - 1], &order[i]) == 0;
        merged[own] = is_same ? merged[order[i - 1] - work->groups] : own;
    }
    for (size_t i = 0; i < work->row_count; i++)
        work->rows[i]->group = merged[work->rows[i]->group];
    qsort(work->rows, work->row_count, sizeof(struct rollup_row *), by_group_and_point);
    return true;
}

bool rollup_has_answers(const struct rollup_point *point)
{
    for (int i = 0; i < ROLLUP_COUNTERS; i++)
        if (point->counts[i] != 0)
            return true;
    return false;
}

static void add(struct rollup_point *into, const struct rollup_point *point)
{
    for (int i = 0; i < ROLLUP_COUNTERS; i++)
        into->counts[i] += point->counts[i];
}

/* Room for what the rows become. */
struct points {
    struct rollup_point *built_in;
    struct rollup_question_point *questions;
};

static void keep_built_in(struct points *points, struct rollup_group *group, const struct rollup_point *point)
{
    if (group->point_count++ == 0)
        group->points = points->built_in;
    *points->built_in++ = *point;
}

static void keep_question(struct points *points, struct rollup_group *group, const struct rollup_row *row,
                          const struct rollup_point *point)
{
    struct rollup_question_point *kept = points->questions++;
    if (group->question_point_count++ == 0)
        group->question_points = kept;
    kept->bucket = point->bucket;
    kept->definition = row->definition;
    memcpy(kept->counts, point->counts, sizeof kept->counts);
}

static bool make_room(const struct work *work, struct points *points)
{
    size_t questions = 0;
    for (size_t i = 0; i < work->row_count; i++)
        questions += work->rows[i]->definition >= 0;
    points->built_in = arena_array(work->arena, work->row_count - questions + 1, sizeof *points->built_in);
    points->questions = arena_array(work->arena, questions + 1, sizeof *points->questions);
    return points->built_in != NULL && points->questions != NULL;
}

/* One point for each bucket and definition. What was counted and taken away again leaves zeros, which are no group. */
static bool fill_groups(struct work *work)
{
    struct points points;
    if (!make_room(work, &points))
        return false;
    for (size_t i = 0; i < work->row_count;) {
        const struct rollup_row *row = work->rows[i];
        struct rollup_group *group = &work->groups[row->group];
        struct rollup_point point = row->point;
        while (++i < work->row_count && by_group_and_point(&row, &work->rows[i]) == 0)
            add(&point, &work->rows[i]->point);
        if (!rollup_has_answers(&point))
            continue;
        if (row->definition < 0)
            keep_built_in(&points, group, &point);
        else
            keep_question(&points, group, row, &point);
    }
    return true;
}

static void drop_empty(const struct work *work, struct rollup *rollup)
{
    rollup->groups = work->groups;
    rollup->group_count = 0;
    for (size_t i = 0; i < work->group_count; i++)
        if (work->groups[i].point_count > 0 || work->groups[i].question_point_count > 0)
            rollup->groups[rollup->group_count++] = work->groups[i];
}

static enum status number_and_name(struct connection *connection, struct work *work, struct rollup_row *rows)
{
    enum status status;
    work->rows = arena_array(work->arena, work->row_count + 1, sizeof(struct rollup_row *));
    if (work->rows == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < work->row_count; i++)
        work->rows[i] = &rows[i];
    number_groups(work);
    if (!list_labels(work))
        return STATUS_NO_MEMORY;
    status = read_labels(connection, work);
    return status == STATUS_OK && !name_groups(work) ? STATUS_NO_MEMORY : status;
}

enum status rollup_group_names(struct connection *connection, const struct rollup_query *query, struct rollup_row *rows,
                               size_t count, struct arena *arena, struct rollup_group **groups, size_t *group_count)
{
    struct work work = {.query = query, .arena = arena, .row_count = count};
    enum status status = number_and_name(connection, &work, rows);
    *groups = work.groups;
    *group_count = work.group_count;
    return status;
}

enum status rollup_group(struct connection *connection, const struct rollup_query *query, struct rollup_row *rows,
                         size_t count, struct arena *arena, struct rollup *rollup)
{
    struct work work = {.query = query, .arena = arena, .row_count = count};
    enum status status = number_and_name(connection, &work, rows);
    if (status != STATUS_OK)
        return status;
    if ((query->project_count > 1 && !query->by_project && !merge_projects(&work)) || !fill_groups(&work))
        return STATUS_NO_MEMORY;
    drop_empty(&work, rollup);
    return STATUS_OK;
}
