/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_HELP_H
#define HARK_COMMAND_HELP_H

#include "command/command.h"

/* Usage, summary and options, on stdout. */
void help_print_command(const struct command *command);

#endif
