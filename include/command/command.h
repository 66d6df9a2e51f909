/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_COMMAND_H
#define HARK_COMMAND_COMMAND_H

#include <stddef.h>

/* The commands of the binary, and how one is picked. */

/* What a command ends with, beside EXIT_SUCCESS and EXIT_FAILURE. */
enum { EXIT_USAGE = 2, EXIT_DIFFERENCES = 3 };

struct options;
struct option_rule;

/* Returns the exit status of the process. */
typedef int command_fn(const struct options *options);

struct command {
    const char *name;                /* one word or two: "serve", "key create" */
    const char *usage;               /* what follows the name */
    const char *summary;             /* a sentence */
    const struct option_rule *rules; /* ends with one whose name is NULL; NULL: takes no options */
    size_t operands;                 /* how many words it takes beside options, at most */
    command_fn *run;
};

/* Ends with one whose name is NULL. */
extern const struct command command_table[];

/* The command that the words name. *count: how many of them are its name. NULL: none is; said on stderr. */
const struct command *command_find(char *const words[], int *count);
/* Reads the options and runs it, or prints its help. */
int command_run(const struct command *command, char *const arguments[]);

#endif
