/* SPDX-License-Identifier: MIT */
#include "storage/account.h"

#include "base/digest.h"
#include "key_text.h"
#include "query.h"

#include <stdio.h>
#include <string.h>

static void time_or_never(struct arguments *arguments, int64_t us)
{
    if (us == 0)
        argument_null(arguments);
    else
        argument_time(arguments, us);
}

static void limit_arguments(struct arguments *arguments, const struct key_options *options)
{
    time_or_never(arguments, options->expires_us);
    argument_int4(arguments, options->rate.count);
    argument_int4(arguments, options->rate.count == 0 ? 1000 : options->rate.window_ms);
    argument_array(arguments, ARRAY_TEXT);
    for (size_t i = 0; i < options->origin_count; i++)
        element_text(arguments, text_of(options->origins[i]));
}

/* A statement that answers with the number of the key that it made, if it made one. */
static enum status make(struct connection *connection, enum query_name name, struct arguments *arguments)
{
    struct result *result;
    enum status status = query_run(connection, name, arguments, &result);
    if (status == STATUS_OK && result_rows(result) == 0)
        status = STATUS_NOT_FOUND;
    result_free(result);
    return status;
}

enum status key_create(struct connection *connection, const struct key_options *options, char text[KEY_TEXT_SIZE])
{
    struct arguments arguments;
    uint8_t digest[DIGEST_SIZE];
    enum status status;

    if (options->scope == SCOPE_WRITE ? options->project == NULL : options->origin_count > 0)
        return STATUS_INVALID;
    key_text_make(options->is_test, text);
    if (!key_digest(text, digest))
        return STATUS_INTERNAL;
    arguments_init(&arguments);
    argument_text(&arguments, text_of(options->project));
    argument_text(&arguments, text_of(options->organization));
    argument_int2(&arguments, (int16_t)options->scope);
    argument_bool(&arguments, options->is_test);
    argument_bytes(&arguments, digest, sizeof digest);
    argument_bytes(&arguments, text, KEY_TEXT_SHOWN);
    limit_arguments(&arguments, options);
    status = make(connection, QUERY_KEY_CREATE, &arguments);
    arguments_clear(&arguments);
    return status;
}

static enum status find(struct connection *connection, int32_t id, int32_t *project_id, bool *is_test)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, id);
    status = query_run(connection, QUERY_KEY_FIND, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK && result_rows(result) == 0)
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK) {
        *project_id = result_int4(result, 0, 0);
        *is_test = result_bool(result, 0, 1);
    }
    result_free(result);
    return status;
}

enum status key_rotate(struct connection *connection, int32_t id, int64_t overlap_us, int64_t expires_us,
                       char text[KEY_TEXT_SIZE])
{
    struct arguments arguments;
    uint8_t digest[DIGEST_SIZE];
    int32_t project_id;
    bool is_test; /* stands in the key itself */
    enum status status = find(connection, id, &project_id, &is_test);

    if (status != STATUS_OK)
        return status;
    key_text_make(is_test, text);
    if (!key_digest(text, digest))
        return STATUS_INTERNAL;
    arguments_init(&arguments);
    argument_int4(&arguments, id);
    argument_bytes(&arguments, digest, sizeof digest);
    argument_bytes(&arguments, text, KEY_TEXT_SHOWN);
    argument_int8(&arguments, overlap_us);
    time_or_never(&arguments, expires_us);
    status = make(connection, QUERY_KEY_ROTATE, &arguments);
    arguments_clear(&arguments);
    return status;
}

static enum status touch(struct connection *connection, const int32_t *ids, size_t count, int64_t used_us)
{
    struct arguments arguments;
    enum status status;
    arguments_init(&arguments);
    argument_array(&arguments, ARRAY_INT4);
    for (size_t i = 0; i < count; i++)
        element_int4(&arguments, ids[i]);
    argument_time(&arguments, used_us);
    status = query_execute(connection, QUERY_KEY_TOUCH, &arguments);
    arguments_clear(&arguments);
    return status;
}

enum status key_touch(struct connection *connection, const int32_t *ids, size_t count, int64_t used_us)
{
    enum status status = connection_begin_as(connection, DATABASE_WRITER);
    if (status == STATUS_OK)
        status = touch(connection, ids, count, used_us);
    if (status == STATUS_OK)
        status = connection_commit(connection);
    if (status != STATUS_OK)
        connection_rollback(connection);
    return status;
}

enum status key_find(struct connection *connection, int32_t id, int32_t *project_id)
{
    bool is_test;
    return find(connection, id, project_id, &is_test);
}

static int64_t time_of(const struct result *result, int row, int column)
{
    return result_is_null(result, row, column) ? 0 : result_time(result, row, column);
}

enum status key_list(struct connection *connection, const char *project, struct arena *arena, struct key_row **rows,
                     size_t *count)
{
    struct arguments arguments;
    struct result *result;
    bool failed = false;
    enum status status;

    arguments_init(&arguments);
    argument_text(&arguments, text_of(project));
    status = query_run(connection, QUERY_KEY_LIST, &arguments, &result);
    arguments_clear(&arguments);
    if (status != STATUS_OK)
        return status;
    *count = (size_t)result_rows(result);
    *rows = arena_array(arena, *count + 1, sizeof **rows);
    for (int i = 0; *rows && i < (int)*count; i++)
        (*rows)[i] = (struct key_row){
            .id = result_int4(result, i, 0),
            .project = result_copy(result, i, 1, arena, &failed).bytes,
            .organization = result_copy(result, i, 2, arena, &failed).bytes,
            .scope = (enum scope)result_int2(result, i, 3),
            .is_test = result_bool(result, i, 4),
            .prefix = result_copy(result, i, 5, arena, &failed).bytes,
            .created_us = result_time(result, i, 6),
            .revoked_us = time_of(result, i, 7),
            .expires_us = time_of(result, i, 8),
            .used_us = time_of(result, i, 9),
            .rate = {.count = result_int4(result, i, 10), .window_ms = result_int4(result, i, 11)},
            .origins = result_copy(result, i, 12, arena, &failed).bytes,
            .replaces = result_is_null(result, i, 13) ? 0 : result_int4(result, i, 13),
        };
    result_free(result);
    return *rows == NULL || failed ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status key_revoke(struct connection *connection, int32_t id)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    arguments_init(&arguments);
    argument_int4(&arguments, id);
    status = query_run(connection, QUERY_KEY_REVOKE, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK && result_rows(result) == 0)
        status = STATUS_NOT_FOUND;
    result_free(result);
    return status;
}
