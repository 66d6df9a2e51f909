/* SPDX-License-Identifier: MIT */
#include "base/buffer.h"

#include "base/decimal.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 256 };

void buffer_init(struct buffer *buffer)
{
    *buffer = (struct buffer){0};
}

void buffer_clear(struct buffer *buffer)
{
    free(buffer->data);
    buffer_init(buffer);
}

void buffer_reset(struct buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = false;
    if (buffer->data != NULL)
        buffer->data[0] = '\0';
}

/* Room for size more bytes and the NUL. */
static bool buffer_grow(struct buffer *buffer, size_t size)
{
    if (buffer->failed)
        return false;
    if (size < buffer->capacity - buffer->size)
        return true;
    if (size > PTRDIFF_MAX / 2 - buffer->size - 1) {
        buffer->failed = true;
        return false;
    }
    size_t capacity = buffer->capacity == 0 ? FIRST_CAPACITY : buffer->capacity * 2;
    if (capacity < buffer->size + size + 1)
        capacity = buffer->size + size + 1;
    char *data = realloc(buffer->data, capacity);
    if (data == NULL) {
        buffer->failed = true;
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t size)
{
    if (!buffer_grow(buffer, size))
        return;
    if (size > 0)
        memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
    buffer->data[buffer->size] = '\0';
}

void buffer_string(struct buffer *buffer, const char *string)
{
    buffer_append(buffer, string, strlen(string));
}

/* Once where it fits, as it mostly does; a second time when the room was made. */
void buffer_format(struct buffer *buffer, const char *format, ...)
{
    if (!buffer_grow(buffer, 0))
        return;
    for (;;) {
        size_t room = buffer->capacity - buffer->size;
        va_list list;
        va_start(list, format);
        int size = vsnprintf(buffer->data + buffer->size, room, format, list);
        va_end(list);
        if (size >= 0 && (size_t)size < room) {
            buffer->size += (size_t)size;
            return;
        }
        buffer->data[buffer->size] = '\0';
        if (size < 0)
            buffer->failed = true;
        if (!buffer_grow(buffer, (size_t)size))
            return;
    }
}

static bool is_continuation(const unsigned char *bytes, size_t size, size_t index)
{
    return index < size && (bytes[index] & 0xC0U) == 0x80U;
}

/* Length of the UTF-8 character (not ASCII) that starts at bytes; 0 when there is none (Unicode 15, table 3-7). */
static size_t utf8_length(const unsigned char *bytes, size_t size)
{
    unsigned char lead = bytes[0];
    if (lead < 0xC2 || lead > 0xF4 || !is_continuation(bytes, size, 1))
        return 0;
    if (lead < 0xE0)
        return 2;
    unsigned char second = bytes[1];
    bool is_overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    bool is_surrogate = lead == 0xED && second > 0x9F;
    bool is_beyond = lead == 0xF4 && second > 0x8F;
    if (is_overlong || is_surrogate || is_beyond || !is_continuation(bytes, size, 2))
        return 0;
    if (lead < 0xF0)
        return 3;
    return is_continuation(bytes, size, 3) ? 4 : 0;
}

static void json_escape(struct buffer *buffer, unsigned char byte)
{
    switch (byte) {
    case '"':
        buffer_append(buffer, "\\\"", 2);
        break;
    case '\\':
        buffer_append(buffer, "\\\\", 2);
        break;
    case '\b':
        buffer_append(buffer, "\\b", 2);
        break;
    case '\f':
        buffer_append(buffer, "\\f", 2);
        break;
    case '\n':
        buffer_append(buffer, "\\n", 2);
        break;
    case '\r':
        buffer_append(buffer, "\\r", 2);
        break;
    case '\t':
        buffer_append(buffer, "\\t", 2);
        break;
    default:
        buffer_format(buffer, "\\u%04x", byte);
    }
}

void buffer_json_string(struct buffer *buffer, const char *string, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)string;
    size_t copied = 0; /* bytes before this index are in the buffer */
    size_t i = 0;
    buffer_append(buffer, "\"", 1);
    while (i < size) {
        bool is_ascii = bytes[i] < 0x80;
        bool is_plain = is_ascii && bytes[i] >= 0x20 && bytes[i] != 0x7F && bytes[i] != '"' && bytes[i] != '\\';
        size_t length = is_plain ? 1 : is_ascii ? 0 : utf8_length(bytes + i, size - i);
        if (length > 0) {
            i += length;
            continue;
        }
        buffer_append(buffer, bytes + copied, i - copied);
        if (is_ascii)
            json_escape(buffer, bytes[i]);
        else
            buffer_string(buffer, "\xEF\xBF\xBD");
        i++;
        copied = i;
    }
    if (size > copied)
        buffer_append(buffer, bytes + copied, size - copied);
    buffer_append(buffer, "\"", 1);
}

void buffer_json_double(struct buffer *buffer, double value)
{
    if (!isfinite(value)) {
        buffer_string(buffer, "null");
        return;
    }
    char text[DECIMAL_SIZE];
    buffer_append(buffer, text, decimal_double(value, text));
}

void buffer_integer(struct buffer *buffer, int64_t value)
{
    char text[DECIMAL_SIZE];
    buffer_append(buffer, text, decimal_integer(value, text));
}

char *buffer_take(struct buffer *buffer, size_t *size)
{
    if (buffer->failed || buffer->size == 0) {
        buffer_clear(buffer);
        return NULL;
    }
    char *data = buffer->data;
    if (size != NULL)
        *size = buffer->size;
    buffer_init(buffer);
    return data;
}
