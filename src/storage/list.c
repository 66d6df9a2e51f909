/* SPDX-License-Identifier: MIT */
#include "list.h"

void list_range_arguments(struct arguments *arguments, const struct list_range *range)
{
    argument_int4(arguments, range->project_id);
    argument_time(arguments, range->from_us);
    argument_time(arguments, range->cursor_us);
    argument_id(arguments, &range->cursor_id);
}

void list_cell_arguments(struct arguments *arguments, const struct text *const values[DIMENSION_COUNT],
                         const size_t counts[DIMENSION_COUNT])
{
    bool any = true;
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        any = any && counts[d] == 0;
        if (counts[d] == 0) {
            argument_null(arguments);
            continue;
        }
        argument_array(arguments, ARRAY_TEXT);
        for (size_t i = 0; i < counts[d]; i++)
            element_text(arguments, values[d][i]);
    }
    argument_bool(arguments, any);
}

void list_posted_arguments(struct arguments *arguments, const struct posted_filter *posted)
{
    if (posted->key_id == 0)
        argument_null(arguments);
    else
        argument_int4(arguments, posted->key_id);
    argument_time(arguments, posted->from_us);
    argument_time(arguments, posted->to_us);
}

enum status list_edge(struct connection *connection, enum query_name name, const struct list_range *range, bool *found,
                      int64_t *us, struct id *id)
{
    struct arguments arguments;
    struct result *result;
    enum status status;

    *found = false;
    arguments_init(&arguments);
    list_range_arguments(&arguments, range);
    argument_int4(&arguments, LIST_SCAN_MAX);
    if (range->settled_us)
        argument_time(&arguments, range->settled_us);
    status = query_run(connection, name, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    *found = result_rows(result) == 1;
    if (*found) {
        *us = result_time(result, 0, 0);
        *id = result_id(result, 0, 1);
    }
    result_free(result);
    return STATUS_OK;
}
