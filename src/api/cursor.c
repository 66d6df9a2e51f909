/* SPDX-License-Identifier: MIT */
#include "api/parameter.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "<list>.<us in hex>.<id in hex>", in base64url so that nobody builds on what is inside. It opens nothing that the key doesn't
 * open anyway, so it needs no signature: whoever makes one up gets a place in their own list. */
enum { CURSOR_MAX = 96, KEY_CURSOR_MAX = CURSOR_KEY_MAX + 40 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* size: a multiple of three, so that there is nothing to pad. */
static char *encode(struct arena *arena, const char *bytes, size_t size)
{
    char *text = arena_alloc(arena, size / 3 * 4 + 1);
    char *end = text;
    for (size_t i = 0; text && i < size; i += 3) {
        unsigned group = (unsigned)(unsigned char)bytes[i] << 16 | (unsigned)(unsigned char)bytes[i + 1] << 8 |
                         (unsigned)(unsigned char)bytes[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6)
            *end++ = alphabet[group >> shift & 63];
    }
    return text;
}

static bool decode(struct text text, char *bytes, size_t size)
{
    size_t length = 0;
    if (text.size == 0 || text.size % 4 != 0 || text.size / 4 * 3 >= size)
        return false;
    for (size_t i = 0; i < text.size; i += 4) {
        unsigned group = 0;
        for (size_t j = i; j < i + 4; j++) {
            const char *place = text.bytes[j] ? strchr(alphabet, text.bytes[j]) : NULL;
            if (place == NULL)
                return false;
            group = group << 6 | (unsigned)(place - alphabet);
        }
        for (int shift = 16; shift >= 0; shift -= 8)
            bytes[length++] = (char)(group >> shift & 255);
    }
    bytes[length] = '\0';
    return true;
}

const char *cursor_seal(struct arena *arena, const char *list, int64_t us, const struct id *id)
{
    char inside[CURSOR_MAX];
    char text[ID_TEXT_SIZE];
    int size = snprintf(inside, sizeof inside, "%s.%llx.%s", list, (unsigned long long)us, id_format(id, text));
    while (size % 3 != 0)
        inside[size++] = ' ';
    return encode(arena, inside, (size_t)size);
}

/* Takes "name." off the front. */
static bool skip_word(const char **text, const char *word)
{
    size_t size = strlen(word);
    if (strncmp(*text, word, size) != 0 || (*text)[size] != '.')
        return false;
    *text += size + 1;
    return true;
}

bool cursor_open(struct text text, const char *list, int64_t *us, struct id *id)
{
    char inside[CURSOR_MAX];
    const char *place = inside;
    char *end;
    if (!decode(text, inside, sizeof inside) || !skip_word(&place, list))
        return false;
    *us = (int64_t)strtoull(place, &end, 16);
    if (end == place || *end != '.')
        return false;
    place = end + 1;
    return id_parse(place, strcspn(place, " "), id);
}

const char *cursor_seal_key(struct arena *arena, const char *list, const char *key)
{
    char inside[KEY_CURSOR_MAX] = {0}; /* filled up with NULs, which no key holds */
    int size = snprintf(inside, sizeof inside, "%s.%s", list, key);
    assert(size + 2 < KEY_CURSOR_MAX);
    return encode(arena, inside, ((size_t)size + 2) / 3 * 3);
}

const char *cursor_open_key(struct arena *arena, struct text text, const char *list)
{
    char inside[KEY_CURSOR_MAX];
    const char *place = inside;
    if (!decode(text, inside, sizeof inside) || !skip_word(&place, list) || strlen(place) > CURSOR_KEY_MAX ||
        !text_is_utf8(text_of(place), NULL))
        return NULL;
    return arena_string(arena, place);
}
