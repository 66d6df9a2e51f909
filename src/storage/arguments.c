/* SPDX-License-Identifier: MIT */
#include "query.h"

#include <arpa/inet.h>
#include <assert.h>
#include <endian.h>
#include <string.h>

/* PostgreSQL's binary formats: big-endian numbers, times in microseconds since 2000. */

static const int64_t EPOCH_2000_US = INT64_C(946684800000000);
enum { NO_ARRAY_DIMENSION = 0, ONE_DIMENSION = 1 };

void arguments_init(struct arguments *arguments)
{
    memset(arguments, 0, sizeof *arguments);
    buffer_init(&arguments->bytes);
    arguments->array_header = SIZE_MAX;
}

void arguments_reset(struct arguments *arguments)
{
    buffer_reset(&arguments->bytes);
    arguments->count = 0;
    arguments->array_header = SIZE_MAX;
}

void arguments_clear(struct arguments *arguments)
{
    buffer_clear(&arguments->bytes);
}

static void put_u32(struct arguments *arguments, uint32_t value)
{
    uint32_t big = htonl(value);
    buffer_append(&arguments->bytes, &big, sizeof big);
}

static void open_argument(struct arguments *arguments, bool is_null)
{
    assert(arguments->count < ARGUMENTS_MAX);
    arguments->array_header = SIZE_MAX;
    arguments->offsets[arguments->count] = arguments->bytes.size;
    arguments->is_null[arguments->count] = is_null;
    arguments->count++;
}

static void put_u16(struct arguments *arguments, uint16_t value)
{
    uint16_t big = htons(value);
    buffer_append(&arguments->bytes, &big, sizeof big);
}

static void put_u64(struct arguments *arguments, uint64_t value)
{
    uint64_t big = htobe64(value);
    buffer_append(&arguments->bytes, &big, sizeof big);
}

void argument_null(struct arguments *arguments)
{
    open_argument(arguments, true);
}

void argument_bool(struct arguments *arguments, bool value)
{
    open_argument(arguments, false);
    buffer_append(&arguments->bytes, &(char){(char)value}, 1);
}

void argument_int2(struct arguments *arguments, int16_t value)
{
    open_argument(arguments, false);
    put_u16(arguments, (uint16_t)value);
}

void argument_int4(struct arguments *arguments, int32_t value)
{
    open_argument(arguments, false);
    put_u32(arguments, (uint32_t)value);
}

void argument_int8(struct arguments *arguments, int64_t value)
{
    open_argument(arguments, false);
    put_u64(arguments, (uint64_t)value);
}

void argument_time(struct arguments *arguments, int64_t us)
{
    argument_int8(arguments, us - EPOCH_2000_US);
}

void argument_id(struct arguments *arguments, const struct id *id)
{
    argument_bytes(arguments, id->bytes, ID_SIZE);
}

void argument_text(struct arguments *arguments, struct text text)
{
    if (text_is_absent(text))
        argument_null(arguments);
    else
        argument_bytes(arguments, text.bytes, text.size);
}

void argument_bytes(struct arguments *arguments, const void *bytes, size_t size)
{
    open_argument(arguments, false);
    buffer_append(&arguments->bytes, bytes, size);
}

/* The header: dimensions, has-null flag, element type, length, lower bound. The first and the fourth are filled in as
 * elements come: an empty array has no dimension, and no length either. */
void argument_array(struct arguments *arguments, enum array_type type)
{
    open_argument(arguments, false);
    arguments->array_header = arguments->bytes.size;
    arguments->array_count = 0;
    put_u32(arguments, NO_ARRAY_DIMENSION);
    put_u32(arguments, 1);
    put_u32(arguments, (uint32_t)type);
}

static void patch_u32(struct arguments *arguments, size_t offset, uint32_t value)
{
    uint32_t big = htonl(value);
    if (!arguments->bytes.failed)
        memcpy(arguments->bytes.data + offset, &big, sizeof big);
}

static void open_element(struct arguments *arguments, int32_t length)
{
    assert(arguments->array_header != SIZE_MAX);
    if (arguments->array_count++ == 0) {
        patch_u32(arguments, arguments->array_header, ONE_DIMENSION);
        put_u32(arguments, 0);
        put_u32(arguments, 1);
    }
    patch_u32(arguments, arguments->array_header + 12, (uint32_t)arguments->array_count);
    put_u32(arguments, (uint32_t)length);
}

void element_null(struct arguments *arguments)
{
    open_element(arguments, -1);
}

void element_bool(struct arguments *arguments, bool value)
{
    open_element(arguments, 1);
    buffer_append(&arguments->bytes, &(char){(char)value}, 1);
}

void element_int2(struct arguments *arguments, int16_t value)
{
    open_element(arguments, 2);
    put_u16(arguments, (uint16_t)value);
}

void element_int4(struct arguments *arguments, int32_t value)
{
    open_element(arguments, 4);
    put_u32(arguments, (uint32_t)value);
}

void element_int8(struct arguments *arguments, int64_t value)
{
    open_element(arguments, 8);
    put_u64(arguments, (uint64_t)value);
}

void element_time(struct arguments *arguments, int64_t us)
{
    element_int8(arguments, us - EPOCH_2000_US);
}

void element_id(struct arguments *arguments, const struct id *id)
{
    element_bytes(arguments, id->bytes, ID_SIZE);
}

void element_text(struct arguments *arguments, struct text text)
{
    if (text_is_absent(text))
        element_null(arguments);
    else
        element_bytes(arguments, text.bytes, text.size);
}

void element_bytes(struct arguments *arguments, const void *bytes, size_t size)
{
    open_element(arguments, (int32_t)size);
    buffer_append(&arguments->bytes, bytes, size);
}
