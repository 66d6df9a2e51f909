/* SPDX-License-Identifier: MIT */
#include "storage/account.h"

#include "base/digest.h"
#include "query.h"

#include <stdio.h>
#include <string.h>

/* "hk_live_" or "hk_test_" and 43 characters of base 62: 256 bits, nothing that a shell, a URL or a double click breaks. */
enum { PREFIX_SIZE = 8, SECRET_SIZE = 43, SHOWN_SIZE = PREFIX_SIZE + 4 };
_Static_assert(PREFIX_SIZE + SECRET_SIZE + 1 == KEY_TEXT_SIZE, "size of a key");

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static void make_text(bool is_test, char text[KEY_TEXT_SIZE])
{
    enum { FAIR = 256 - 256 % 62 };
    size_t length = PREFIX_SIZE;
    memcpy(text, is_test ? "hk_test_" : "hk_live_", PREFIX_SIZE);
    while (length < PREFIX_SIZE + SECRET_SIZE) {
        uint8_t byte;
        digest_random(&byte, 1);
        if (byte < FAIR) /* so that no character is likelier than another */
            text[length++] = alphabet[byte % 62];
    }
    text[length] = '\0';
}

bool key_digest(const char *text, uint8_t digest[DIGEST_SIZE])
{
    size_t size = strlen(text);
    if (size != PREFIX_SIZE + SECRET_SIZE ||
        (memcmp(text, "hk_live_", PREFIX_SIZE) != 0 && memcmp(text, "hk_test_", PREFIX_SIZE) != 0))
        return false;
    digest_sha256(text, size, digest);
    return true;
}

enum status key_create(struct connection *connection, const struct key_options *options, char text[KEY_TEXT_SIZE])
{
    struct arguments arguments;
    struct result *result;
    uint8_t digest[DIGEST_SIZE];
    enum status status;

    if (options->scope == SCOPE_WRITE && options->project == NULL)
        return STATUS_INVALID;
    make_text(options->is_test, text);
    if (!key_digest(text, digest))
        return STATUS_INTERNAL;
    arguments_init(&arguments);
    argument_text(&arguments, text_of(options->project));
    argument_text(&arguments, text_of(options->organization));
    argument_int2(&arguments, (int16_t)options->scope);
    argument_bool(&arguments, options->is_test);
    argument_bytes(&arguments, digest, sizeof digest);
    argument_bytes(&arguments, text, SHOWN_SIZE);
    status = query_run(connection, QUERY_KEY_CREATE, &arguments, &result);
    arguments_clear(&arguments);
    if (status == STATUS_OK && result_rows(result) == 0)
        status = STATUS_NOT_FOUND;
    result_free(result);
    return status;
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
            .revoked_us = result_is_null(result, i, 7) ? 0 : result_time(result, i, 7),
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
