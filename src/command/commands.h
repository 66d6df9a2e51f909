/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_COMMANDS_H
#define HARK_COMMAND_COMMANDS_H

#include "command/command.h"
#include "options.h"

#include <stdint.h>

/* What the table of commands holds. */
command_fn serve_run;
command_fn migrate_run;
command_fn project_create_run;
command_fn project_set_run;
command_fn project_list_run;
command_fn key_create_run;
command_fn key_list_run;
command_fn key_revoke_run;
command_fn demo_run;
command_fn key_rotate_run;
command_fn key_posted_run;
command_fn key_exclude_run;
command_fn key_put_back_run;
command_fn audit_run;
command_fn retain_run;
command_fn export_responses_run;
command_fn export_events_run;
command_fn export_surveys_run;
command_fn routes_run;
command_fn verify_run;
command_fn widget_run;
command_fn version_run;
command_fn help_run;

extern const struct option_rule serve_rules[];
extern const struct option_rule project_create_rules[];
extern const struct option_rule project_set_rules[];
extern const struct option_rule key_create_rules[];
extern const struct option_rule key_list_rules[];
extern const struct option_rule demo_rules[];
extern const struct option_rule key_rotate_rules[];
extern const struct option_rule key_posted_rules[];
extern const struct option_rule audit_rules[];
extern const struct option_rule retain_rules[];
extern const struct option_rule export_rules[];
extern const struct option_rule verify_rules[];
extern const struct option_rule widget_rules[];

/* Up to nine digits. */
bool command_parse_number(const char *text, int32_t *number);

#endif
