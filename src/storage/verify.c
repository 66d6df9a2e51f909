/* SPDX-License-Identifier: MIT */
#include "storage/verify.h"

#include "query.h"
#include "storage/pending.h"
#include "storage/response.h"

#include <assert.h>

struct comparison {
    struct connection *connection;
    int list_max;
    verify_difference_fn *found;
    void *context;
    struct verify_report *report;
};

/* Position 1 is nps 0, position 23 is ces 7. */
static void name_counter(int position, struct verify_difference *difference)
{
    for (int q = 0; q < QUESTION_COUNT; q++) {
        int width = question_scales[q].max - question_scales[q].min + 1;
        if (position <= width) {
            difference->question = text_of(question_scales[q].key);
            difference->score = question_scales[q].min + position - 1;
            return;
        }
        position -= width;
    }
    assert(0);
}

static void report_row(const struct comparison *comparison, enum verify_table table, int32_t project_id,
                       const struct result *result, int row)
{
    struct verify_difference difference = {.table = table, .project_id = project_id};
    if (row == 0) {
        comparison->report->rows += result_int8(result, row, 0);
        comparison->report->counters += result_int8(result, row, 1);
        comparison->report->differences += result_int8(result, row, 2);
    }
    if (row >= comparison->list_max || result_is_null(result, row, 3))
        return;
    difference.quarter = result_int4(result, row, 3);
    difference.cell_id = result_int4(result, row, 4);
    if (table == VERIFY_QUARTERS || table == VERIFY_DAYS || table == VERIFY_DAY_PACKS) {
        name_counter(result_int4(result, row, 5), &difference);
    } else {
        difference.score = result_int4(result, row, 5);
        difference.question = result_text(result, row, 8);
    }
    difference.stored = result_int8(result, row, 6);
    difference.truth = result_int8(result, row, 7);
    comparison->found(comparison->context, &difference);
}

static enum status compare_table(const struct comparison *comparison, enum verify_table table, int32_t project_id,
                                 int32_t horizon)
{
    static const enum query_name queries[] = {[VERIFY_QUARTERS] = QUERY_VERIFY_QUARTERS,
                                              [VERIFY_DAYS] = QUERY_VERIFY_DAYS,
                                              [VERIFY_QUESTION_QUARTERS] = QUERY_VERIFY_QUESTION_QUARTERS,
                                              [VERIFY_QUESTION_DAYS] = QUERY_VERIFY_QUESTION_DAYS,
                                              [VERIFY_DAY_PACKS] = QUERY_VERIFY_DAY_PACKS};
    struct arguments arguments;
    struct result *result;
    enum status status;

    arguments_init(&arguments);
    argument_int4(&arguments, project_id);
    argument_int4(&arguments, horizon);
    /* At least one: the totals come with the rows. */
    argument_int4(&arguments, comparison->list_max > 0 ? comparison->list_max : 1);
    status = query_run(comparison->connection, queries[table], &arguments, &result);
    arguments_clear(&arguments);
    for (int row = 0; status == STATUS_OK && row < result_rows(result); row++)
        report_row(comparison, table, project_id, result, row);
    result_free(result);
    return status;
}

typedef enum status project_fn(const void *context, int32_t project_id, int32_t horizon);

/* only_id: 0 for all. */
static enum status each_project(struct connection *connection, int32_t only_id, project_fn *visit, const void *context)
{
    struct result *result;
    enum status status = query_run(connection, QUERY_VERIFY_PROJECTS, NULL, &result);
    for (int row = 0; status == STATUS_OK && row < result_rows(result); row++) {
        int32_t id = result_int4(result, row, 0);
        if (only_id == 0 || only_id == id)
            status = visit(context, id, result_int4(result, row, 1));
    }
    result_free(result);
    return status;
}

static enum status compare_project(const void *context, int32_t project_id, int32_t horizon)
{
    enum status status = STATUS_OK;
    for (enum verify_table table = 0; status == STATUS_OK && table < VERIFY_TABLE_COUNT; table++)
        status = compare_table(context, table, project_id, horizon);
    return status;
}

static enum status finish(struct connection *connection, enum status status)
{
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status != STATUS_OK)
        connection_rollback(connection);
    return status;
}

enum status verify_compare(struct connection *connection, int32_t project_id, int list_max, verify_difference_fn *found,
                           void *context, struct verify_report *report)
{
    struct comparison comparison = {connection, list_max, found, context, report};
    enum status status = connection_begin(connection);
    *report = (struct verify_report){0};
    if (status == STATUS_OK)
        status = query_execute(connection, QUERY_VERIFY_SNAPSHOT, NULL);
    if (status == STATUS_OK)
        status = each_project(connection, project_id, compare_project, &comparison);
    return finish(connection, status);
}

static enum status rebuild_project(const void *context, int32_t project_id, int32_t horizon)
{
    static const enum query_name steps[] = {QUERY_VERIFY_CLEAR, QUERY_VERIFY_RECOUNT, QUERY_VERIFY_CLEAR_QUESTIONS,
                                            QUERY_VERIFY_RECOUNT_QUESTIONS, QUERY_VERIFY_DOUBT};
    struct connection *connection = *(struct connection *const *)context;
    struct arguments arguments;
    enum status status = STATUS_OK;

    arguments_init(&arguments);
    argument_int4(&arguments, project_id);
    argument_int4(&arguments, horizon);
    for (size_t i = 0; status == STATUS_OK && i < sizeof steps / sizeof steps[0]; i++)
        status = query_execute(connection, steps[i], &arguments);
    arguments_clear(&arguments);
    return status;
}

enum status verify_rebuild(struct connection *connection)
{
    enum status status = connection_begin(connection);
    int64_t rows;
    if (status == STATUS_OK)
        status = query_execute(connection, QUERY_VERIFY_LOCK, NULL);
    if (status == STATUS_OK)
        status = pending_sweep(connection, PENDING_ALL_S, &rows);
    if (status == STATUS_OK)
        status = each_project(connection, 0, rebuild_project, &connection);
    return finish(connection, status);
}
