/* SPDX-License-Identifier: MIT */
#include "list.h"
#include "response_row.h"

enum { PROMOTER_MIN = 9, PASSIVE_MIN = 7 };

static void band_arguments(struct arguments *arguments, enum response_band band)
{
    if (band == BAND_PROMOTER)
        argument_int2(arguments, PROMOTER_MIN);
    else if (band == BAND_PASSIVE)
        argument_int2(arguments, PASSIVE_MIN);
    else if (band == BAND_DETRACTOR)
        argument_int2(arguments, 0);
    else
        argument_null(arguments);
    if (band == BAND_PASSIVE)
        argument_int2(arguments, PROMOTER_MIN - 1);
    else if (band == BAND_DETRACTOR)
        argument_int2(arguments, PASSIVE_MIN - 1);
    else
        argument_null(arguments);
}

static void word_arguments(struct arguments *arguments, struct text words)
{
    if (text_is_absent(words)) {
        argument_null(arguments);
        return;
    }
    argument_array(arguments, ARRAY_TEXT);
    for (size_t i = 0, start; i < words.size; i++) {
        for (start = i; i < words.size && words.bytes[i] != ' '; i++)
            ;
        if (i > start)
            element_text(arguments, (struct text){words.bytes + start, i - start});
    }
}

static void optional_bool(struct arguments *arguments, int8_t value)
{
    if (value < 0)
        argument_null(arguments);
    else
        argument_bool(arguments, value > 0);
}

static struct list_range range_of(const struct response_filter *filter)
{
    struct list_range range = {.project_id = filter->project_id, .from_us = filter->from_us};
    if (filter->by_update)
        range.from_us = filter->updated_since_us;
    range.cursor_us = filter->has_cursor ? filter->cursor_us : filter->by_update ? range.from_us : filter->to_us;
    range.cursor_id = filter->has_cursor ? filter->cursor_id : LIST_FIRST_ID;
    return range;
}

static void list_arguments(struct arguments *arguments, const struct response_filter *filter,
                           const struct list_range *range)
{
    list_range_arguments(arguments, range);
    list_cell_arguments(arguments, filter->values, filter->value_counts);
    argument_text(arguments, filter->customer_id);
    argument_text(arguments, filter->interaction_id);
    word_arguments(arguments, filter->words);
    band_arguments(arguments, filter->band);
    optional_bool(arguments, filter->has_comment);
    optional_bool(arguments, filter->excluded);
    optional_bool(arguments, filter->is_test);
    argument_int4(arguments, filter->limit);
    argument_int4(arguments, LIST_SCAN_MAX);
    list_posted_arguments(arguments, &filter->posted);
    if (range->settled_us)
        argument_time(arguments, range->settled_us);
}

static enum status list_in_snapshot(struct connection *connection, const struct response_filter *filter,
                                    struct list_range range, struct arena *arena, struct response_page *page)
{
    struct arguments arguments;
    struct result *result;
    enum status status;

    arguments_init(&arguments);
    list_arguments(&arguments, filter, &range);
    status = query_run(connection, filter->by_update ? QUERY_RESPONSE_LIST_UPDATED : QUERY_RESPONSE_LIST, &arguments,
                       &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    status = response_rows_read(result, arena, &page->rows, &page->count);
    result_free(result);
    if (status != STATUS_OK)
        return status;
    page->has_more = page->count == (size_t)filter->limit;
    if (page->has_more) {
        const struct stored_response *last = &page->rows[page->count - 1];
        page->last_us = filter->by_update ? last->updated_us : last->response.occurred_us;
        page->last_id = last->response.id;
        return STATUS_OK;
    }
    return list_edge(connection, filter->by_update ? QUERY_RESPONSE_LIST_UPDATED_EDGE : QUERY_RESPONSE_LIST_EDGE,
                     &range, &page->has_more, &page->last_us, &page->last_id);
}

static enum status read_settled(struct connection *connection, int64_t *settled_us)
{
    struct result *result;
    enum status status = query_run(connection, QUERY_RESPONSE_SETTLED, NULL, &result);
    if (status == STATUS_OK)
        *settled_us = result_time(result, 0, 0);
    result_free(result);
    return status;
}

enum status response_list(struct connection *connection, const struct response_filter *filter, struct arena *arena,
                          struct response_page *page)
{
    struct list_range range = range_of(filter);
    enum status status = filter->by_update ? read_settled(connection, &range.settled_us) : STATUS_OK;
    /* The page and the edge of its scan must see the same rows: a follower would miss what came between. */
    if (status == STATUS_OK)
        status = connection_begin_snapshot(connection);
    if (status == STATUS_OK)
        status = list_in_snapshot(connection, filter, range, arena, page);
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status != STATUS_OK)
        connection_rollback(connection);
    return status;
}
