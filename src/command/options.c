/* SPDX-License-Identifier: MIT */
#include "options.h"

#include "base/log.h"

#include <assert.h>
#include <string.h>

static bool take_operand(char *word, size_t most, struct options *options)
{
    if (options->operand_count == most) {
        log_error("unexpected argument %s", word);
        return false;
    }
    options->operands[options->operand_count++] = word;
    return true;
}

static size_t find_rule(const struct option_rule *rules, const char *name, size_t size)
{
    size_t i = 0;
    while (rules[i].name != NULL && (strlen(rules[i].name) != size || memcmp(rules[i].name, name, size) != 0))
        i++;
    assert(i < OPTION_RULES_MAX);
    return i;
}

static bool has_room(const struct option_rule *rule, size_t count)
{
    size_t limit = rule->limit == 0 ? 1 : rule->limit;
    assert(limit <= OPTION_VALUES_MAX);
    if (count < limit)
        return true;
    if (limit == 1)
        log_error("--%s is given twice", rule->name);
    else
        log_error("--%s is given more than %zu times", rule->name, limit);
    return false;
}

/* word: "name" or "name=VALUE"; next: the word behind it. Returns how many words were taken; 0 after a fault. */
static int take_option(const struct option_rule *rules, const char *word, const char *next, struct options *options)
{
    size_t size = strcspn(word, "=");
    size_t i = find_rule(rules, word, size);
    const char *inline_value = word[size] == '=' ? word + size + 1 : NULL;
    const char *value = inline_value;
    if (rules[i].name == NULL) {
        log_error("unknown option --%.*s", (int)size, word);
        return 0;
    }
    if (!has_room(&rules[i], options->counts[i]))
        return 0;
    if (rules[i].value == NULL && inline_value != NULL) {
        log_error("--%s takes no value", rules[i].name);
        return 0;
    }
    if (rules[i].value != NULL && inline_value == NULL)
        value = next != NULL && strncmp(next, "--", 2) != 0 ? next : "";
    if (value != NULL && *value == '\0') {
        log_error("--%s needs a value: %s", rules[i].name, rules[i].value);
        return 0;
    }
    options->values[i][options->counts[i]++] = value;
    return value == NULL || value == inline_value ? 1 : 2;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

bool options_parse(const struct option_rule *rules, size_t operands, char *const arguments[], struct options *options)
{
    static const struct option_rule none[] = {{.name = NULL}};
    bool is_after_dashes = false;
    *options = (struct options){.operand_count = 0};
    while (*arguments != NULL) {
        char *word = *arguments;
        int taken = 1;
        if (is_after_dashes || *word != '-') {
            taken = take_operand(word, operands, options);
        } else if (is_help(word)) {
            options->wants_help = true;
        } else if (strcmp(word, "--") == 0) {
            is_after_dashes = true;
        } else if (strncmp(word, "--", 2) == 0) {
            taken = take_option(rules == NULL ? none : rules, word + 2, arguments[1], options);
        } else {
            log_error("unknown option %s", word);
            taken = 0;
        }
        if (taken == 0)
            return false;
        arguments += taken;
    }
    return true;
}

const char *option_value(const struct options *options, size_t rule)
{
    return options->values[rule][0];
}

bool option_is_set(const struct options *options, size_t rule)
{
    return options->counts[rule] > 0;
}
