/* SPDX-License-Identifier: MIT */
#include "query.h"

#include "connection.h"

#include <arpa/inet.h>
#include <assert.h>
#include <endian.h>
#include <string.h>

static const int64_t EPOCH_2000_US = INT64_C(946684800000000);

/* A value of a fixed size. A size that differs is a statement whose type is not what its caller thinks: a bug. */
static const void *fixed(const struct result *result, int row, int column, int wanted)
{
    int size;
    const void *bytes = result_bytes(result, row, column, &size);
    assert(bytes != NULL && size == wanted);
    (void)wanted;
    return bytes;
}

bool result_is_null(const struct result *result, int row, int column)
{
    int size;
    return result_bytes(result, row, column, &size) == NULL;
}

bool result_bool(const struct result *result, int row, int column)
{
    return *(const char *)fixed(result, row, column, 1) != 0;
}

int16_t result_int2(const struct result *result, int row, int column)
{
    uint16_t big;
    memcpy(&big, fixed(result, row, column, sizeof big), sizeof big);
    return (int16_t)ntohs(big);
}

int32_t result_int4(const struct result *result, int row, int column)
{
    uint32_t big;
    memcpy(&big, fixed(result, row, column, sizeof big), sizeof big);
    return (int32_t)ntohl(big);
}

int64_t result_int8(const struct result *result, int row, int column)
{
    uint64_t big;
    memcpy(&big, fixed(result, row, column, sizeof big), sizeof big);
    return (int64_t)be64toh(big);
}

int64_t result_time(const struct result *result, int row, int column)
{
    int64_t us = result_int8(result, row, column);
    return us == INT64_MIN || us == INT64_MAX ? us : us + EPOCH_2000_US;
}

struct id result_id(const struct result *result, int row, int column)
{
    struct id id;
    memcpy(id.bytes, fixed(result, row, column, ID_SIZE), ID_SIZE);
    return id;
}

struct text result_text(const struct result *result, int row, int column)
{
    int size;
    const char *bytes = result_bytes(result, row, column, &size);
    return bytes ? (struct text){.bytes = bytes, .size = (size_t)size} : TEXT_ABSENT;
}

struct text result_copy(const struct result *result, int row, int column, struct arena *arena, bool *failed)
{
    struct text text = result_text(result, row, column);
    if (text_is_absent(text))
        return text;
    text.bytes = arena_copy(arena, text.bytes, text.size);
    if (text.bytes == NULL)
        *failed = true;
    return text;
}

static int32_t read_int4(const char **cursor)
{
    uint32_t big;
    memcpy(&big, *cursor, sizeof big);
    *cursor += sizeof big;
    return (int32_t)ntohl(big);
}

struct text *result_texts(const struct result *result, int row, int column, struct arena *arena, size_t *count,
                          bool *failed)
{
    int size;
    const char *cursor = result_bytes(result, row, column, &size);
    struct text *texts;
    int32_t length;

    *count = 0;
    if (cursor == NULL || read_int4(&cursor) == 0)
        return NULL;
    cursor += 8; /* the null flag and the element type */
    length = read_int4(&cursor);
    cursor += 4; /* the lower bound */
    texts = arena_array(arena, (size_t)length, sizeof *texts);
    if (texts == NULL) {
        *failed = true;
        return NULL;
    }
    for (int32_t i = 0; i < length; i++) {
        int32_t bytes = read_int4(&cursor);
        if (bytes < 0)
            continue;
        texts[*count] = (struct text){arena_copy(arena, cursor, (size_t)bytes), (size_t)bytes};
        *failed = *failed || texts[*count].bytes == NULL;
        (*count)++;
        cursor += bytes;
    }
    return texts;
}
