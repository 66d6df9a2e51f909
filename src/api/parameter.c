/* SPDX-License-Identifier: MIT */
#include "api/parameter.h"

#include "base/timestamp.h"
#include "call.h"
#include "http/reply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const int64_t QUARTER_US = (int64_t)QUARTER_SECONDS * 1000000;

struct parsing {
    struct request *request;
    const struct directory *directory;
    const struct project *project;
    const struct parameter *parameter;
    struct parameter_value *value;
    const char *name; /* as given: a dimension's, for DIMENSIONS */
    const char *text;
};

#define FAULT(parsing_, ...) reply_fault((parsing_)->request, NULL, (parsing_)->name, __VA_ARGS__)

static void parse_integer(const struct parsing *parsing)
{
    char *end;
    long long integer;
    errno = 0;
    integer = strtoll(parsing->text, &end, 10);
    if (errno != 0 || end == parsing->text || *end != '\0' || parsing->text[0] == ' ' || parsing->text[0] == '+' ||
        integer < parsing->parameter->min || integer > parsing->parameter->max)
        FAULT(parsing, "must be an integer from %lld to %lld", (long long)parsing->parameter->min,
              (long long)parsing->parameter->max);
    parsing->value->integer = integer;
}

/* Digits with a point at most: strtod alone would also take nan, inf and 0x1p3. */
static void parse_number(const struct parsing *parsing)
{
    const char *digits = parsing->text + (parsing->text[0] == '-');
    char *end;
    double number = strtod(parsing->text, &end);
    if (*digits == '\0' || digits[strspn(digits, "0123456789.")] != '\0' || *end != '\0' ||
        number < (double)parsing->parameter->min || number > (double)parsing->parameter->max)
        FAULT(parsing, "must be a number from %lld to %lld", (long long)parsing->parameter->min,
              (long long)parsing->parameter->max);
    parsing->value->number = number;
}

static void parse_time(const struct parsing *parsing)
{
    if (!timestamp_parse(parsing->text, strlen(parsing->text), &parsing->value->integer))
        FAULT(parsing, "must be a time with its zone (RFC 3339), such as 2026-11-22T10:00:00Z; a + is written %%2B");
    else if (parsing->parameter->type == PARAMETER_QUARTER && parsing->value->integer % QUARTER_US != 0)
        FAULT(parsing, "must be on a quarter of an hour: :00, :15, :30 or :45");
}

static int find_choice(const struct parameter *parameter, const char *word, size_t size)
{
    for (int i = 0; parameter->choices[i]; i++)
        if (strlen(parameter->choices[i]) == size && memcmp(parameter->choices[i], word, size) == 0)
            return i;
    return -1;
}

static void fault_choice(const struct parsing *parsing)
{
    char list[200] = "";
    for (int i = 0; parsing->parameter->choices[i]; i++) {
        strncat(list, i ? ", " : "", sizeof list - strlen(list) - 1);
        strncat(list, parsing->parameter->choices[i], sizeof list - strlen(list) - 1);
    }
    FAULT(parsing, "must be %s: %s", parsing->parameter->type == PARAMETER_CHOICE ? "one of" : "a list out of", list);
}

static void parse_choice(const struct parsing *parsing)
{
    int choice = find_choice(parsing->parameter, parsing->text, strlen(parsing->text));
    if (choice < 0)
        fault_choice(parsing);
    parsing->value->integer = choice;
}

static void parse_choices(const struct parsing *parsing)
{
    for (const char *word = parsing->text;; word++) {
        size_t size = strcspn(word, ",");
        int choice = find_choice(parsing->parameter, word, size);
        if (choice < 0) {
            fault_choice(parsing);
            return;
        }
        parsing->value->integer |= INT64_C(1) << choice;
        word += size;
        if (*word == '\0')
            return;
    }
}

static void parse_words(const struct parsing *parsing)
{
    struct parameter_value *value = parsing->value;
    for (const char *word = parsing->text;; word++) {
        size_t size = strcspn(word, ",");
        if (size == 0 || value->word_count == PARAMETER_LIST_MAX) {
            FAULT(parsing, "must be a list of at most %d names, separated by commas", PARAMETER_LIST_MAX);
            return;
        }
        value->words[value->word_count] = arena_copy(request_arena(parsing->request), word, size);
        if (value->words[value->word_count] != NULL)
            value->word_count++;
        word += size;
        if (*word == '\0')
            return;
    }
}

static void parse_boolean(const struct parsing *parsing)
{
    parsing->value->integer = strcmp(parsing->text, "true") == 0;
    if (!parsing->value->integer && strcmp(parsing->text, "false") != 0)
        FAULT(parsing, "must be true or false");
}

static void parse_text(const struct parsing *parsing)
{
    size_t characters = 0;
    struct text text = text_of(parsing->text);
    if (!text_is_utf8(text, &characters) || (int64_t)characters < parsing->parameter->min ||
        (int64_t)characters > parsing->parameter->max || text_has_control(text))
        FAULT(parsing, "must be %lld to %lld characters without control characters", (long long)parsing->parameter->min,
              (long long)parsing->parameter->max);
    parsing->value->text = text;
}

static void parse_time_zone(const struct parsing *parsing)
{
    if (!directory_has_time_zone(parsing->directory, parsing->text))
        FAULT(parsing, "must be the name of a time zone, such as Europe/Madrid");
    parsing->value->text = text_of(parsing->text);
}

static void parse_id(const struct parsing *parsing)
{
    if (!id_parse(parsing->text, strlen(parsing->text), &parsing->value->id))
        FAULT(parsing, "must be a UUID");
}

static void parse_filter(const struct parsing *parsing, enum dimension dimension)
{
    struct parameter_value *value = parsing->value;
    size_t characters = 0;
    struct text text = text_of(parsing->text);
    size_t *count = &value->filter_counts[dimension];

    if (!text_is_utf8(text, &characters) || characters > DIMENSION_VALUE_CHARACTERS || text_has_control(text)) {
        FAULT(parsing, "must be at most %d characters without control characters", DIMENSION_VALUE_CHARACTERS);
        return;
    }
    if (value->filters[dimension] == NULL)
        value->filters[dimension] = arena_array(request_arena(parsing->request), PARAMETER_LIST_MAX, sizeof text);
    if (value->filters[dimension] == NULL || *count == PARAMETER_LIST_MAX) {
        FAULT(parsing, "is given more than %d times", PARAMETER_LIST_MAX);
        return;
    }
    if (dimension == DIMENSION_REGION || dimension == DIMENSION_COUNTRY) {
        char *upper = arena_string(request_arena(parsing->request), parsing->text);
        for (char *c = upper; c && *c; c++)
            if (*c >= 'a' && *c <= 'z')
                *c = (char)(*c - 'a' + 'A');
        text = text_of(upper);
    }
    value->filters[dimension][(*count)++] = text.size ? text : TEXT_ABSENT;
}

static bool is_repeatable(enum parameter_type type)
{
    return type == PARAMETER_WORDS || type == PARAMETER_CHOICES || type == PARAMETER_DIMENSIONS;
}

static void parse_value(const struct parsing *parsing)
{
    if (parsing->value->is_set && !is_repeatable(parsing->parameter->type)) {
        FAULT(parsing, "is given twice");
        return;
    }
    parsing->value->is_set = true;
    switch (parsing->parameter->type) {
    case PARAMETER_INTEGER:
        parse_integer(parsing);
        break;
    case PARAMETER_NUMBER:
        parse_number(parsing);
        break;
    case PARAMETER_TIME:
    case PARAMETER_QUARTER:
        parse_time(parsing);
        break;
    case PARAMETER_CHOICE:
        parse_choice(parsing);
        break;
    case PARAMETER_CHOICES:
        parse_choices(parsing);
        break;
    case PARAMETER_BOOLEAN:
        parse_boolean(parsing);
        break;
    case PARAMETER_TEXT:
        parse_text(parsing);
        break;
    case PARAMETER_WORDS:
        parse_words(parsing);
        break;
    case PARAMETER_TIME_ZONE:
        parse_time_zone(parsing);
        break;
    case PARAMETER_CURSOR:
        parsing->value->text = text_of(parsing->text);
        break;
    case PARAMETER_ID:
        parse_id(parsing);
        break;
    case PARAMETER_DIMENSIONS:
        parse_filter(parsing, project_dimension(parsing->project, parsing->name));
        break;
    }
}

/* The row of the table that a name belongs to; a dimension's name belongs to the row that stands for all of them. */
static int find_parameter(const struct parameter *table, const struct project *project, const char *name)
{
    for (int i = 0; table && table[i].name; i++) {
        if (table[i].type == PARAMETER_DIMENSIONS) {
            if (project_dimension(project, name) != DIMENSION_COUNT)
                return i;
        } else if (strcmp(table[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

/* Read before the table is looked at: the key of a page that can set no header, and which project of an organization. */
static bool is_of_authentication(const struct request *request, const char *name)
{
    const struct principal *principal = request_principal(request);
    const struct route *route = request_route(request);
    if (strcmp(name, "key") == 0)
        return route->method == HTTP_POST && (route->flags & ROUTE_CORS);
    return strcmp(name, "project") == 0 && principal->key && principal->key->project_id == 0 &&
           !(route->flags & ROUTE_SPANS);
}

static size_t table_size(const struct parameter *table)
{
    size_t size = 0;
    while (table && table[size].name)
        size++;
    return size;
}

const struct parameter_value *parameters_parse(struct request *request, const struct directory *directory,
                                               const struct project *project)
{
    const struct parameter *table = request_route(request)->parameters;
    bool takes_any = request_route(request)->flags & ROUTE_ANY_QUERY;
    struct parsing parsing = {.request = request, .directory = directory, .project = project};
    struct parameter_value *values = arena_array(request_arena(request), table_size(table) + 1, sizeof *values);
    size_t count;
    const struct query_pair *pairs = request_query(request, &count);

    if (values == NULL) {
        problem_of_status(request, STATUS_NO_MEMORY, "request");
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        int row = find_parameter(table, project, pairs[i].name);
        parsing.name = pairs[i].name;
        parsing.text = pairs[i].value;
        if (row >= 0) {
            parsing.parameter = &table[row];
            parsing.value = &values[row];
            parse_value(&parsing);
        } else if (!takes_any && !is_of_authentication(request, pairs[i].name)) {
            FAULT(&parsing, "is not a parameter that is known here");
        }
    }
    if (reply_fault_count(request) == 0)
        return values;
    reply_problem(request, 422, "validation", "%zu %s in the query", reply_fault_count(request),
                  reply_fault_count(request) == 1 ? "fault" : "faults");
    return NULL;
}
