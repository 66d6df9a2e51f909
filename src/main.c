/* SPDX-License-Identifier: MIT */
#include "command/command.h"

int main(int argc, char *argv[])
{
    int words = 0;
    char **arguments = argv + (argc > 0 ? 1 : 0);
    const struct command *command = command_find(arguments, &words);
    return command == NULL ? EXIT_USAGE : command_run(command, arguments + words);
}
