/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_OPTIONS_H
#define HARK_COMMAND_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum { OPTION_RULES_MAX = 10, OPTION_VALUES_MAX = 8, OPERANDS_MAX = 2 };

/* One row of a command's table of options. */
struct option_rule {
    const char *name;  /* without its dashes */
    const char *value; /* what the help calls its value; NULL: a flag */
    const char *meaning;
    size_t limit; /* how often it may be given, up to OPTION_VALUES_MAX; 0: once */
};

/* What was given. Values and counts stand in the order of the rules. */
struct options {
    const char *values[OPTION_RULES_MAX][OPTION_VALUES_MAX]; /* borrowed from the arguments; NULL: not given */
    size_t counts[OPTION_RULES_MAX];
    char *operands[OPERANDS_MAX];
    size_t operand_count;
    bool wants_help;
};

/* --name VALUE, --name=VALUE, --flag, operands in between; all is operands after "--". A fault is logged and names the
 * option, never its value, which may be a secret. */
bool options_parse(const struct option_rule *rules, size_t operands, char *const arguments[], struct options *options)
    __attribute__((warn_unused_result));

/* The value of an option that is given at most once; NULL: not given. */
const char *option_value(const struct options *options, size_t rule);
bool option_is_set(const struct options *options, size_t rule);

#endif
