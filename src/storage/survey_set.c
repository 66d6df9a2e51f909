/* SPDX-License-Identifier: MIT */
#include "survey_set.h"

#include "query.h"

#include <stdlib.h>

static struct survey_set *hold(struct survey_set *set)
{
    atomic_fetch_add_explicit(&set->holders, 1, memory_order_relaxed);
    return set;
}

void survey_set_release(struct survey_set *set)
{
    if (set == NULL || atomic_fetch_sub_explicit(&set->holders, 1, memory_order_acq_rel) != 1)
        return;
    arena_free(set->arena);
    free(set);
}

static struct survey_set *make(void)
{
    struct survey_set *set = calloc(1, sizeof *set);
    if (set == NULL)
        return NULL;
    atomic_init(&set->holders, 1);
    set->arena = arena_new(0);
    if (set->arena)
        return set;
    free(set);
    return NULL;
}

static enum status read_state(struct connection *connection, struct survey_set *set)
{
    struct result *result;
    bool failed = false;
    enum status status = query_run(connection, QUERY_DIRECTORY_SURVEY_STATE, NULL, &result);
    if (status == STATUS_OK)
        set->state = result_copy(result, 0, 0, set->arena, &failed);
    result_free(result);
    return failed ? STATUS_NO_MEMORY : status;
}

enum status survey_set_read(struct connection *connection, struct survey_set *previous, struct survey_set **set)
{
    struct survey_set *made = make();
    enum status status = made ? read_state(connection, made) : STATUS_NO_MEMORY;
    bool is_same = status == STATUS_OK && previous && text_equal(previous->state, made->state);

    *set = NULL;
    if (status == STATUS_OK && !is_same)
        status = surveys_read(connection, made->arena, &made->projects, &made->count);
    if (status == STATUS_OK && !is_same) {
        *set = made;
        return STATUS_OK;
    }
    survey_set_release(made);
    if (is_same)
        *set = hold(previous);
    return status;
}
