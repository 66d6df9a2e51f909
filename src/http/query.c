/* SPDX-License-Identifier: MIT */
#include "http/query.h"

#include <string.h>

static const char no_memory[] = "can't be read for lack of memory";

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What is decoded is never longer than the piece. False for a bad escape. */
static bool unescape(struct text piece, bool plus_is_space, char *decoded, size_t *size)
{
    size_t used = 0;
    for (size_t i = 0; i < piece.size; i++) {
        char c = piece.bytes[i];
        if (c == '+' && plus_is_space) {
            c = ' ';
        } else if (c == '%') {
            int high = i + 1 < piece.size ? hex_digit(piece.bytes[i + 1]) : -1;
            int low = i + 2 < piece.size ? hex_digit(piece.bytes[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            c = (char)(high << 4 | low);
            i += 2;
        }
        decoded[used++] = c;
    }
    *size = used;
    return true;
}

const char *query_decode(struct arena *arena, struct text piece, bool plus_is_space, const char **wrong)
{
    char *decoded = arena_alloc(arena, piece.size + 1);
    size_t size = 0;
    if (decoded == NULL) {
        *wrong = no_memory;
    } else if (!unescape(piece, plus_is_space, decoded, &size)) {
        *wrong = "has a % that two hexadecimal digits do not follow";
    } else if (memchr(decoded, '\0', size) != NULL) {
        *wrong = "holds a NUL";
    } else if (!text_is_utf8((struct text){.bytes = decoded, .size = size}, NULL)) {
        *wrong = "is not UTF-8";
    } else {
        return decoded;
    }
    return NULL;
}

static const char *parse_pair(struct arena *arena, struct text piece, struct query_pair *pair)
{
    const char *equals = memchr(piece.bytes, '=', piece.size);
    size_t name_size = equals == NULL ? piece.size : (size_t)(equals - piece.bytes);
    struct text name = {.bytes = piece.bytes, .size = name_size};
    struct text value = {.bytes = "", .size = 0};
    if (equals != NULL) {
        value = (struct text){.bytes = equals + 1, .size = piece.size - name_size - 1};
    }
    const char *wrong = NULL;
    pair->name = query_decode(arena, name, true, &wrong);
    if (pair->name != NULL) {
        pair->value = query_decode(arena, value, true, &wrong);
    }
    return wrong;
}

static size_t count_pieces(const char *text)
{
    size_t count = 0;
    while (*text != '\0') {
        size_t size = strcspn(text, "&");
        count += size > 0;
        text += size + (text[size] == '&');
    }
    return count;
}

const char *query_parse(struct arena *arena, const char *text, struct query *query, struct text *name)
{
    *query = (struct query){0};
    *name = (struct text){.bytes = "", .size = 0};
    size_t count = count_pieces(text);
    if (count > QUERY_PAIRS_MAX) {
        return "has more than 100 parameters";
    }
    if (count == 0) {
        return NULL;
    }
    query->pairs = arena_array(arena, count, sizeof *query->pairs);
    if (query->pairs == NULL) {
        return no_memory;
    }
    while (*text != '\0') {
        struct text piece = {.bytes = text, .size = strcspn(text, "&")};
        text += piece.size + (text[piece.size] == '&');
        if (piece.size == 0) {
            continue;
        }
        const char *wrong = parse_pair(arena, piece, &query->pairs[query->count]);
        if (wrong != NULL) {
            const char *equals = memchr(piece.bytes, '=', piece.size);
            *name = (struct text){.bytes = piece.bytes,
                                  .size = equals == NULL ? piece.size : (size_t)(equals - piece.bytes)};
            return wrong;
        }
        query->count++;
    }
    return NULL;
}
