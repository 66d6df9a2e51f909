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
    const struct time_zones *zones;
    const struct project *project;
    const struct parameter *parameter;
    struct parameter_value *value;
    const char *name; /* as given: a dimension's, for DIMENSIONS */
    const char *text;
};

#define FAULT(parsing_, ...) reply_fault((parsing_)->request, NULL, (parsing_)->name, __VA_ARGS__)

typedef void parse_fn(const struct parsing *parsing);

/* A minus at most, then some of these characters and nothing else: what reads numbers in C would also take white space, a plus, nan,
 * inf and 0x1p3. */
static bool is_written_in(const char *text, const char *characters)
{
    const char *digits = text + (text[0] == '-');
    return *digits != '\0' && digits[strspn(digits, characters)] == '\0';
}

static void parse_integer(const struct parsing *parsing)
{
    long long integer;
    errno = 0;
    integer = strtoll(parsing->text, NULL, 10);
    if (errno != 0 || !is_written_in(parsing->text, "0123456789") || integer < parsing->parameter->min ||
        integer > parsing->parameter->max)
        FAULT(parsing, "must be an integer from %lld to %lld", (long long)parsing->parameter->min,
              (long long)parsing->parameter->max);
    parsing->value->integer = integer;
}

static void parse_number(const struct parsing *parsing)
{
    char *end;
    double number = strtod(parsing->text, &end);
    if (!is_written_in(parsing->text, "0123456789.") || *end != '\0' || number < (double)parsing->parameter->min ||
        number > (double)parsing->parameter->max)
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
        value->words[value->word_count++] = arena_copy(request_arena(parsing->request), word, size);
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
    if (!time_zones_have(parsing->zones, parsing->text))
        FAULT(parsing, "must be the name of a time zone, such as Europe/Madrid");
    parsing->value->text = text_of(parsing->text);
}

static void parse_cursor(const struct parsing *parsing)
{
    parsing->value->text = text_of(parsing->text);
}

static void parse_id(const struct parsing *parsing)
{
    if (!id_parse(parsing->text, strlen(parsing->text), &parsing->value->id))
        FAULT(parsing, "must be a UUID");
}

/* Regions, and the countries that they begin with, are kept in capitals. */
static struct text raise_region(const char *region, struct arena *arena)
{
    char *upper = arena_string(arena, region);
    for (char *c = upper; c && *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    return text_of(upper);
}

static void parse_filter(const struct parsing *parsing)
{
    enum dimension dimension = project_dimension(parsing->project, parsing->name);
    struct arena *arena = request_arena(parsing->request);
    struct parameter_value *value = parsing->value;
    size_t characters = 0;
    struct text text = text_of(parsing->text);
    size_t *count = &value->filter_counts[dimension];

    if (!text_is_utf8(text, &characters) || characters > DIMENSION_VALUE_CHARACTERS || text_has_control(text)) {
        FAULT(parsing, "must be at most %d characters without control characters", DIMENSION_VALUE_CHARACTERS);
        return;
    }
    if (value->filters[dimension] == NULL)
        value->filters[dimension] = arena_array(arena, PARAMETER_LIST_MAX, sizeof text);
    if (value->filters[dimension] == NULL)
        return;
    if (*count == PARAMETER_LIST_MAX) {
        FAULT(parsing, "is given more than %d times", PARAMETER_LIST_MAX);
        return;
    }
    if (dimension == DIMENSION_REGION || dimension == DIMENSION_COUNTRY)
        text = raise_region(parsing->text, arena);
    value->filters[dimension][(*count)++] = text.size ? text : TEXT_ABSENT;
}

static parse_fn *const parsers[] = {
    [PARAMETER_INTEGER] = parse_integer,     [PARAMETER_NUMBER] = parse_number, [PARAMETER_TIME] = parse_time,
    [PARAMETER_QUARTER] = parse_time,        [PARAMETER_CHOICE] = parse_choice, [PARAMETER_CHOICES] = parse_choices,
    [PARAMETER_BOOLEAN] = parse_boolean,     [PARAMETER_TEXT] = parse_text,     [PARAMETER_WORDS] = parse_words,
    [PARAMETER_TIME_ZONE] = parse_time_zone, [PARAMETER_CURSOR] = parse_cursor, [PARAMETER_ID] = parse_id,
    [PARAMETER_DIMENSIONS] = parse_filter,
};

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
    parsers[parsing->parameter->type](parsing);
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

static void parse_pair(struct parsing *parsing, const struct query_pair *pair, struct parameter_value *values)
{
    const struct route *route = request_route(parsing->request);
    int row = find_parameter(route->parameters, parsing->project, pair->name);
    parsing->name = pair->name;
    parsing->text = pair->value;
    if (row >= 0) {
        parsing->parameter = &route->parameters[row];
        parsing->value = &values[row];
        parse_value(parsing);
    } else if (!(route->flags & ROUTE_ANY_QUERY) && !is_of_authentication(parsing->request, pair->name)) {
        FAULT(parsing, "is not a parameter that is known here");
    }
}

const struct parameter_value *parameters_parse(struct request *request, const struct time_zones *zones,
                                               const struct project *project)
{
    struct parsing parsing = {.request = request, .zones = zones, .project = project};
    struct arena *arena = request_arena(request);
    struct parameter_value *values =
        arena_array(arena, table_size(request_route(request)->parameters) + 1, sizeof *values);
    size_t count;
    const struct query_pair *pairs = request_query(request, &count);

    for (size_t i = 0; values && i < count; i++)
        parse_pair(&parsing, &pairs[i], values);
    /* A value that was not kept would be taken for one that was not given. */
    if (arena_has_failed(arena)) {
        problem_of_status(request, STATUS_NO_MEMORY, "request");
        return NULL;
    }
    if (reply_fault_count(request) == 0)
        return values;
    reply_problem(request, 422, "validation", "%zu %s in the query", reply_fault_count(request),
                  reply_fault_count(request) == 1 ? "fault" : "faults");
    return NULL;
}
