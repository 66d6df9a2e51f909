/* SPDX-License-Identifier: MIT */
#include "storage/audit.h"

#include "query.h"

#include <stdio.h>

enum status audit_name_actor(struct connection *connection, const char *actor)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    argument_text(&arguments, text_of(actor));
    status = query_execute(connection, QUERY_AUDIT_ACTOR, &arguments);
    arguments_clear(&arguments);
    return status;
}

enum status audit_name_key(struct connection *connection, int32_t key_id)
{
    char actor[24];
    snprintf(actor, sizeof actor, "key %d", (int)key_id);
    return audit_name_actor(connection, actor);
}

enum status audit_add(struct connection *connection, const struct audit_act *acts, size_t count)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    argument_array(&arguments, ARRAY_INT4);
    for (size_t i = 0; i < count; i++)
        element_int4(&arguments, acts[i].key_id);
    argument_array(&arguments, ARRAY_TEXT);
    for (size_t i = 0; i < count; i++)
        element_text(&arguments, text_of(acts[i].act));
    argument_array(&arguments, ARRAY_INT4);
    for (size_t i = 0; i < count; i++)
        element_int4(&arguments, acts[i].project_id);
    argument_array(&arguments, ARRAY_TEXT);
    for (size_t i = 0; i < count; i++)
        element_text(&arguments, text_of(acts[i].detail));
    status = query_execute(connection, QUERY_AUDIT_ADD, &arguments);
    arguments_clear(&arguments);
    return status;
}

enum status audit_list(struct connection *connection, const char *project, int32_t limit, struct arena *arena,
                       struct audit_row **rows, size_t *count)
{
    struct arguments arguments;
    struct result *result;
    bool failed = false;
    enum status status;

    arguments_init(&arguments);
    argument_text(&arguments, text_of(project));
    argument_int4(&arguments, limit);
    status = query_run(connection, QUERY_AUDIT_LIST, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    *count = (size_t)result_rows(result);
    *rows = arena_array(arena, *count + 1, sizeof **rows);
    for (int i = 0; *rows && i < (int)*count; i++)
        (*rows)[i] = (struct audit_row){
            .at_us = result_time(result, i, 0),
            .actor = result_copy(result, i, 1, arena, &failed).bytes,
            .act = result_copy(result, i, 2, arena, &failed).bytes,
            .project = result_copy(result, i, 3, arena, &failed).bytes,
            .detail = result_copy(result, i, 4, arena, &failed).bytes,
        };
    result_free(result);
    return *rows == NULL || failed ? STATUS_NO_MEMORY : STATUS_OK;
}
