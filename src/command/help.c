/* SPDX-License-Identifier: MIT */
#include "help.h"

#include "base/version.h"
#include "commands.h"
#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>

void help_print_command(const struct command *command)
{
    printf("Usage: hark %s %s\n\n%s\n", command->name, command->usage, command->summary);
    for (const struct option_rule *rule = command->rules; rule != NULL && rule->name != NULL; rule++) {
        char option[64];
        snprintf(option, sizeof option, "--%s %s", rule->name, rule->value == NULL ? "" : rule->value);
        printf("%s  %-34s %s\n", rule == command->rules ? "\n" : "", option, rule->meaning);
    }
}

static void print_all(void)
{
    printf("Hark takes survey answers and touchpoint events over HTTP and serves live NPS, CSAT and CES.\n\n"
           "Usage: hark COMMAND [OPTIONS]\n\nCommands (hark COMMAND --help tells more):\n");
    for (const struct command *command = command_table; command->name != NULL; command++)
        printf("  %-15s %s\n", command->name, command->summary);
    printf("\nSettings, from the environment (name, default, meaning):\n");
    config_print(stdout);
    printf("\nExit status: 0 done, 1 failed, 2 wrong usage or setting, 3 verify found differences.\n");
}

int help_run(const struct options *options)
{
    if (options->operand_count == 0) {
        print_all();
        return EXIT_SUCCESS;
    }
    char *words[OPERANDS_MAX + 1] = {NULL};
    int count = 0;
    for (size_t i = 0; i < options->operand_count; i++)
        words[i] = options->operands[i];
    const struct command *command = command_find(words, &count);
    if (command == NULL)
        return EXIT_USAGE;
    help_print_command(command);
    return EXIT_SUCCESS;
}

int version_run(const struct options *options)
{
    (void)options;
    printf("hark %s\n", HARK_VERSION);
    return EXIT_SUCCESS;
}
