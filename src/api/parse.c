/* SPDX-License-Identifier: MIT */
#include "parse.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local bool lacked_memory;

static void *allocate(size_t size)
{
    void *memory = malloc(size);
    lacked_memory = lacked_memory || memory == NULL;
    return memory;
}

bool parse_lacked_memory(void)
{
    return lacked_memory;
}

void parse_start(void)
{
    json_set_alloc_funcs(allocate, free);
    json_object_seed(0);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_space(struct text text, size_t i)
{
    while (i < text.size && is_space(text.bytes[i]))
        i++;
    return i;
}

bool parse_is_blank(struct text text)
{
    return skip_space(text, 0) == text.size;
}

bool parse_is_array(struct text text)
{
    size_t i = skip_space(text, 0);
    return i < text.size && text.bytes[i] == '[';
}

/* Behind the closing quote of the string that opens at i; SIZE_MAX: it doesn't close. */
static size_t skip_string(struct text text, size_t i)
{
    for (i++; i < text.size; i++) {
        if (text.bytes[i] == '\\')
            i++;
        else if (text.bytes[i] == '"')
            return i + 1;
    }
    return SIZE_MAX;
}

/* Depth alone, before anything is built. Brackets that don't match are jansson's to find. */
static bool is_too_deep(struct text text)
{
    size_t depth = 0;
    for (size_t i = 0; i < text.size;) {
        char c = text.bytes[i];
        if (c == '"') {
            i = skip_string(text, i);
            continue;
        }
        if ((c == '{' || c == '[') && ++depth > PARSE_DEPTH)
            return true;
        if ((c == '}' || c == ']') && depth > 0)
            depth--;
        i++;
    }
    return false;
}

json_t *parse_object(struct text text, char fault[PARSE_FAULT_SIZE])
{
    json_error_t error;
    json_t *json;

    lacked_memory = false;
    if (parse_is_blank(text)) {
        snprintf(fault, PARSE_FAULT_SIZE, "is empty: a JSON object is expected");
        return NULL;
    }
    if (text.size > PARSE_OBJECT_BYTES) {
        snprintf(fault, PARSE_FAULT_SIZE, "is larger than %d bytes", PARSE_OBJECT_BYTES);
        return NULL;
    }
    if (is_too_deep(text)) {
        snprintf(fault, PARSE_FAULT_SIZE, "is nested deeper than %d levels", PARSE_DEPTH);
        return NULL;
    }
    if (memchr(text.bytes, '\0', text.size) != NULL) { /* jansson takes it for a space behind a number */
        snprintf(fault, PARSE_FAULT_SIZE, "is not valid JSON: it holds a NUL");
        return NULL;
    }
    json = json_loadb(text.bytes, text.size, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        snprintf(fault, PARSE_FAULT_SIZE, "is not valid JSON: line %d, column %d: %s", error.line, error.column,
                 error.text);
        return NULL;
    }
    if (!json_is_object(json)) {
        snprintf(fault, PARSE_FAULT_SIZE, "must be a JSON object");
        json_decref(json);
        return NULL;
    }
    return json;
}

/* Behind the object or array that opens at i. Which bracket closes which is jansson's to find. */
static size_t skip_nested(struct text text, size_t i)
{
    size_t depth = 0;
    while (i < text.size) {
        char c = text.bytes[i];
        if (c == '"') {
            i = skip_string(text, i);
            continue;
        }
        i++;
        if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && --depth == 0)
            return i;
    }
    return SIZE_MAX;
}

/* Behind the value that starts at i; SIZE_MAX: it doesn't end. */
static size_t skip_value(struct text text, size_t i)
{
    char first = text.bytes[i];
    if (first == '"')
        return skip_string(text, i);
    if (first == '{' || first == '[')
        return skip_nested(text, i);
    while (i < text.size && strchr(",]}{[\"", text.bytes[i]) == NULL && !is_space(text.bytes[i]))
        i++;
    return i < text.size ? i : SIZE_MAX;
}

static enum parse_step take_value(struct parse_elements *elements, struct text *element)
{
    size_t end = elements->offset < elements->text.size ? skip_value(elements->text, elements->offset) : SIZE_MAX;
    if (end == SIZE_MAX || end == elements->offset)
        return PARSE_BROKEN;
    *element = (struct text){elements->text.bytes + elements->offset, end - elements->offset};
    elements->offset = end;
    return PARSE_ELEMENT;
}

static enum parse_step at_end(struct parse_elements *elements)
{
    size_t rest = skip_space(elements->text, elements->offset + 1);
    return rest == elements->text.size ? PARSE_END : PARSE_BROKEN;
}

enum parse_step parse_next(struct parse_elements *elements, struct text *element)
{
    const char *bytes = elements->text.bytes;
    size_t size = elements->text.size;
    bool is_first = !elements->is_started;

    elements->offset = skip_space(elements->text, elements->offset);
    if (elements->offset >= size || (is_first && bytes[elements->offset] != '['))
        return PARSE_BROKEN;
    if (is_first) {
        elements->is_started = true;
        elements->offset = skip_space(elements->text, elements->offset + 1);
        if (elements->offset < size && bytes[elements->offset] == ']')
            return at_end(elements);
        return take_value(elements, element);
    }
    if (bytes[elements->offset] == ']')
        return at_end(elements);
    if (bytes[elements->offset] != ',')
        return PARSE_BROKEN;
    elements->offset = skip_space(elements->text, elements->offset + 1);
    return take_value(elements, element);
}

bool parse_count(struct text text, size_t *count)
{
    struct parse_elements elements = {.text = text};
    struct text element;
    enum parse_step step;
    *count = 0;
    while ((step = parse_next(&elements, &element)) == PARSE_ELEMENT)
        (*count)++;
    return step == PARSE_END;
}

bool parse_integer(const json_t *value, int64_t min, int64_t max, int64_t *integer)
{
    double number = json_number_value(value);
    if (!json_is_number(value) || floor(number) != number || number < (double)min || number > (double)max)
        return false;
    *integer = json_is_integer(value) ? json_integer_value(value) : (int64_t)number;
    return true;
}
