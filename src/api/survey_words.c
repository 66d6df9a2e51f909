/* SPDX-License-Identifier: MIT */
#include "survey_body.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* What people are shown: a text, or texts by language. */

/* Lines may break; nothing else controls. */
static bool has_control(struct text text)
{
    const char *line = text.bytes;
    const char *end = text.bytes + text.size;
    while (line < end) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        size_t size = (size_t)((feed ? feed : end) - line);
        if (text_has_control((struct text){line, size}))
            return true;
        line += size + 1;
    }
    return false;
}

static void check_words(const json_t *value, const char *pointer, size_t max, struct faults *faults)
{
    struct text text = {json_string_value(value), json_string_length(value)};
    size_t characters = 0;
    if (!text_is_utf8(text, &characters) || characters < 1 || characters > max)
        faults_add(faults, pointer, "must be 1 to %zu characters long", max);
    else if (has_control(text))
        faults_add(faults, pointer, "must not hold control characters other than line feeds");
}

/* The shape of RFC 5646 without its registry: a language, then subtags of up to eight letters and digits. */
static bool is_language(const char *tag)
{
    size_t length = strlen(tag);
    size_t subtag = 0;
    bool is_first = true;
    for (size_t i = 0; i <= length; i++) {
        unsigned char c = (unsigned char)tag[i];
        if (c == '-' || c == '\0') {
            if (subtag < (is_first ? 2 : 1) || subtag > 8)
                return false;
            is_first = false;
            subtag = 0;
        } else if (is_first ? !isalpha(c) : !isalnum(c)) {
            return false;
        } else {
            subtag++;
        }
    }
    return length <= 35;
}

/* Languages are the same in any case; a member that comes earlier has it already. */
static bool is_repeated(const json_t *object, const char *tag)
{
    const char *other;
    json_t *value;
    json_object_foreach((json_t *)object, other, value)
    {
        if (other == tag)
            return false;
        if (strcasecmp(other, tag) == 0)
            return true;
    }
    return false;
}

static void check_languages(const json_t *object, const char *pointer, size_t max, struct faults *faults)
{
    const char *tag;
    json_t *value;
    if (json_object_size(object) < 1 || json_object_size(object) > SURVEY_LANGUAGES_MAX) {
        faults_add(faults, pointer, "must hold 1 to %d languages", SURVEY_LANGUAGES_MAX);
        return;
    }
    json_object_foreach((json_t *)object, tag, value)
    {
        const char *child = faults_child(faults, pointer, tag);
        if (!is_language(tag))
            faults_add(faults, child, "is not a language tag, such as \"en\" or \"pt-BR\"");
        else if (is_repeated(object, tag))
            faults_add(faults, child, "is a language that is there already");
        if (json_is_string(value))
            check_words(value, child, max, faults);
        else
            faults_add(faults, child, "must be a string");
    }
}

static struct text keep(const json_t *value, const char *pointer, struct faults *faults)
{
    static const size_t flags = JSON_ENCODE_ANY | JSON_COMPACT;
    size_t size = json_dumpb(value, NULL, 0, flags);
    char *bytes = arena_alloc(faults->arena, size + 1);
    if (size == 0 || bytes == NULL) {
        faults_add(faults, pointer, "could not be kept: out of memory");
        return TEXT_ABSENT;
    }
    json_dumpb(value, bytes, size, flags);
    return (struct text){bytes, size};
}

struct text survey_words_decode(const json_t *value, const char *pointer, size_t max, struct faults *faults)
{
    size_t before = faults->count;
    if (value == NULL || json_is_null(value))
        return TEXT_ABSENT;
    if (json_is_string(value))
        check_words(value, pointer, max, faults);
    else if (json_is_object(value))
        check_languages(value, pointer, max, faults);
    else
        faults_add(faults, pointer, "must be a string, or an object of strings by language");
    return faults->count == before ? keep(value, pointer, faults) : TEXT_ABSENT;
}
