/* SPDX-License-Identifier: MIT */
#include "storage/account.h"

#include "base/digest.h"
#include "query.h"

#include <ctype.h>
#include <string.h>

enum { NAME_MAX_CHARACTERS = 64 };

/* Names that a query or a reply uses for something else: a dimension can't have them. */
static const char *const reserved[] = {
    "survey",
    "channel",
    "region",
    "touchpoint",
    "product",
    "segment",
    "country",
    "project",
    "metric",
    "group_by",
    "from",
    "to",
    "tz",
    "interval",
    "limit",
    "order",
    "level",
    "method",
    "dedupe",
    "compare",
    "series",
    "nps",
    "csat",
    "ces",
    "cursor",
    "key",
    "q",
    "band",
    "excluded",
    "rescale",
    "has_comment",
    "updated_since",
    "customer_id",
    "interaction_id",
    "is_test",
    "test",
    "total",
    "by",
    "compare_from",
    "compare_to",
    "window",
    "n",
    "value",
    "action",
    "stage",
    "session_id",
    "control",
    "rolling",
    "weights",
    "hidden",
};

static bool is_name(const char *name)
{
    size_t characters;
    struct text text = text_of(name);
    return text_is_utf8(text, &characters) && characters >= 1 && characters <= NAME_MAX_CHARACTERS &&
           !text_has_control(text);
}

static bool is_dimension_name(const char *name)
{
    if (!islower((unsigned char)name[0]) || strlen(name) > 32)
        return false;
    for (const char *c = name; *c; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_')
            return false;
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcmp(name, reserved[i]) == 0)
            return false;
    return true;
}

static const char *find_fault(const struct project_options *options)
{
    if (!is_name(options->name) || (options->organization && !is_name(options->organization)))
        return "a name is 1 to 64 characters of UTF-8 without control characters";
    if (options->dimension_count > DECLARED_MAX)
        return "a project declares at most four dimensions";
    for (size_t i = 0; i < options->dimension_count; i++) {
        if (!is_dimension_name(options->dimensions[i]))
            return "a dimension's name is lower-case letters, digits and _ (at most 32), starts with a letter, and is "
                   "not "
                   "one that Hark uses itself";
        for (size_t j = 0; j < i; j++)
            if (strcmp(options->dimensions[i], options->dimensions[j]) == 0)
                return "a dimension is declared twice";
    }
    return NULL;
}

static enum status time_zone_exists(struct connection *connection, const char *name, bool *exists)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    arguments_init(&arguments);
    argument_text(&arguments, text_of(name));
    status = query_run(connection, QUERY_TIME_ZONE_EXISTS, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK)
        *exists = result_bool(result, 0, 0);
    result_free(result);
    return status;
}

static enum status insert(struct connection *connection, const struct project_options *options, const char *time_zone)
{
    struct arguments arguments;
    struct result *result;
    uint8_t secret[DIGEST_SIZE];
    enum status status;

    digest_random(secret, sizeof secret);
    arguments_init(&arguments);
    argument_text(&arguments, text_of(options->organization ? options->organization : options->name));
    argument_text(&arguments, text_of(options->name));
    argument_text(&arguments, text_of(time_zone));
    argument_array(&arguments, ARRAY_TEXT);
    for (size_t i = 0; i < options->dimension_count; i++)
        element_text(&arguments, text_of(options->dimensions[i]));
    argument_bytes(&arguments, secret, sizeof secret);
    argument_int4(&arguments, options->publish_min_n ? options->publish_min_n : 1);
    status = query_run(connection, QUERY_PROJECT_CREATE, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK && result_rows(result) == 0)
        status = STATUS_CONFLICT;
    result_free(result);
    return status;
}

enum status project_create(struct connection *connection, const struct project_options *options, const char **fault)
{
    const char *time_zone = options->time_zone ? options->time_zone : "UTC";
    bool exists = false;
    enum status status;

    *fault = find_fault(options);
    if (*fault)
        return STATUS_INVALID;
    status = time_zone_exists(connection, time_zone, &exists);
    if (status != STATUS_OK)
        return status;
    if (!exists) {
        *fault = "the time zone is not a name that PostgreSQL knows (such as Europe/Madrid)";
        return STATUS_INVALID;
    }
    return insert(connection, options, time_zone);
}

enum status project_set_publish_min_n(struct connection *connection, const char *name, int32_t min_n)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    arguments_init(&arguments);
    argument_text(&arguments, text_of(name));
    argument_int4(&arguments, min_n);
    status = query_run(connection, QUERY_PROJECT_SET, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK && result_rows(result) == 0)
        status = STATUS_NOT_FOUND;
    result_free(result);
    return status;
}

enum status project_is_empty(struct connection *connection, const char *name, bool *is_empty)
{
    struct arguments arguments;
    struct result *result;
    enum status status;
    arguments_init(&arguments);
    argument_text(&arguments, text_of(name));
    status = query_run(connection, QUERY_PROJECT_IS_EMPTY, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK && result_rows(result) == 0)
        status = STATUS_NOT_FOUND;
    else if (status == STATUS_OK)
        *is_empty = result_bool(result, 0, 0);
    result_free(result);
    return status;
}

enum status project_list(struct connection *connection, struct arena *arena, struct project_row **rows, size_t *count)
{
    struct result *result;
    bool failed = false;
    enum status status = query_run(connection, QUERY_PROJECT_LIST, NULL, &result);

    if (status != STATUS_OK)
        return status;
    *count = (size_t)result_rows(result);
    *rows = arena_array(arena, *count + 1, sizeof **rows);
    for (int i = 0; *rows && i < (int)*count; i++)
        (*rows)[i] = (struct project_row){
            .id = result_int4(result, i, 0),
            .name = result_copy(result, i, 1, arena, &failed).bytes,
            .organization = result_copy(result, i, 2, arena, &failed).bytes,
            .time_zone = result_copy(result, i, 3, arena, &failed).bytes,
            .dimensions = result_copy(result, i, 4, arena, &failed).bytes,
            .created_us = result_time(result, i, 5),
            .retain_mode = result_copy(result, i, 6, arena, &failed).bytes,
            .retain_days = result_is_null(result, i, 7) ? 0 : result_int4(result, i, 7),
        };
    result_free(result);
    return *rows == NULL || failed ? STATUS_NO_MEMORY : STATUS_OK;
}
