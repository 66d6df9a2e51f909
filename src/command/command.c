/* SPDX-License-Identifier: MIT */
#include "command/command.h"

#include "base/buffer.h"
#include "base/log.h"
#include "commands.h"
#include "help.h"
#include "options.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
const struct command command_table[] = {
    {"serve", "[--quickstart]", "Runs the service until SIGTERM or SIGINT.",
     serve_rules, 0, serve_run},
    {"migrate", "", "Brings the database's schema up to date (serve does so too, at its start).",
     NULL, 0, migrate_run},
    {"project create", "NAME [--time-zone ZONE] [--organization NAME] [--dimension NAME]... [--publish-min-n N]",
     "Makes a project.",
     project_create_rules, 1, project_create_run},
    {"project set", "NAME [--publish-min-n N] [--retain keep|anonymise|delete] [--retain-days N]", "Changes a project.",
     project_set_rules, 1, project_set_run},
    {"project list", "", "Lists the projects.",
     NULL, 0, project_list_run},
    {"key create", "--project NAME|--organization NAME --scope write|metrics|read|admin [--test] "
     "[--expires WHEN] [--rate RATE] [--origin ORIGIN]...",
     "Makes a key and prints it, alone, on stdout. It is shown this once: only its hash is kept.",
     key_create_rules, 0, key_create_run},
    {"key list", "[--project NAME]", "Lists the keys by their first characters.",
     key_list_rules, 0, key_list_run},
    {"key revoke", "ID", "Makes a key of `key list` invalid, for good.",
     NULL, 1, key_revoke_run},
    {"demo", "[--project NAME] [--answers N] [--seed N] [--until TIME] [--serve]",
     "Fills an empty project with a made-up year of answers and events, and prints its keys.",
     demo_rules, 0, demo_run},
    {"key rotate", "ID [--overlap SPAN] [--expires WHEN]",
     "Makes a key in place of another, which ends a while later, and prints it, alone, on stdout.",
     key_rotate_rules, 1, key_rotate_run},
    {"key posted", "ID --from TIME [--to TIME]", "Lists the responses that a key posted: id, time received, whether counted.",
     key_posted_rules, 1, key_posted_run},
    {"key exclude", "ID --from TIME [--to TIME]", "Takes the responses that a key posted out of every number.",
     key_posted_rules, 1, key_exclude_run},
    {"key put-back", "ID --from TIME [--to TIME]", "Puts them back.",
     key_posted_rules, 1, key_put_back_run},
    {"audit", "[--project NAME] [--limit N]", "Lists what was done to projects and keys, and with admin keys, and by whom.",
     audit_rules, 0, audit_run},
    {"retain", "[--project NAME] [--dry-run]",
     "Anonymises or deletes what is past the age of its project now, as serve does every hour.",
     retain_rules, 0, retain_run},
    {"export responses", "NAME [--full]",
     "Writes the answers of a project that count, one JSON object a line: POST /v1/responses takes them again.",
     export_rules, 1, export_responses_run},
    {"export events", "NAME [--full]", "Writes its events, for POST /v1/events.",
     export_rules, 1, export_events_run},
    {"export surveys", "NAME [--full]",
     "Writes its surveys, every version in its turn, each with the definition that PUT /v1/surveys/{key} takes.",
     export_rules, 1, export_surveys_run},
    {"routes", "", "Prints the routes of the API: method, path, scope of the key.",
     NULL, 0, routes_run},
    {"widget", "[--origin URL]",
     "Prints the tags that put the survey widget into a page: this very version, with its integrity.",
     widget_rules, 0, widget_run},
    {"verify", "[--rebuild]", "Compares the rollups with the rows that they count. Exits with 3 when they differ.",
     verify_rules, 0, verify_run},
    {"version", "", "Prints the version.",
     NULL, 0, version_run},
    {"help", "[COMMAND]", "Prints the commands and the settings, or the options of a command.",
     NULL, OPERANDS_MAX, help_run},
    {.name = NULL},
};
/* clang-format on */

static const struct {
    const char *option;
    const char *name;
} aliases[] = {{"--help", "help"}, {"-h", "help"}, {"--version", "version"}};

/* How many of the words are this name; 0: they name something else. */
static int match_words(const char *name, char *const words[])
{
    int count = 0;
    for (const char *rest = name; *rest != '\0'; count++) {
        size_t size = strcspn(rest, " ");
        if (words[count] == NULL || strlen(words[count]) != size || memcmp(words[count], rest, size) != 0)
            return 0;
        rest += size + (rest[size] == ' ');
    }
    return count;
}

static bool is_first_word(const char *name, const char *word)
{
    size_t size = strcspn(name, " ");
    return name[size] == ' ' && strlen(word) == size && memcmp(word, name, size) == 0;
}

/* `hark key` alone is told what may follow. */
static void explain_unknown(const char *word)
{
    struct buffer names;
    buffer_init(&names);
    for (const struct command *command = command_table; command->name != NULL; command++) {
        if (is_first_word(command->name, word))
            buffer_format(&names, "%s%s", names.size == 0 ? "" : ", ", strchr(command->name, ' ') + 1);
    }
    if (names.data != NULL)
        fprintf(stderr, "hark %s needs one of: %s\n", word, names.data);
    else
        fprintf(stderr, "hark: unknown command %s; see hark --help\n", word);
    buffer_clear(&names);
}

static const char *name_of_alias(const char *word)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (strcmp(word, aliases[i].option) == 0)
            return aliases[i].name;
    }
    return NULL;
}

const struct command *command_find(char *const words[], int *count)
{
    if (words[0] == NULL) {
        fprintf(stderr, "hark: which command? See hark --help\n");
        return NULL;
    }
    const char *alias = name_of_alias(words[0]);
    for (const struct command *command = command_table; command->name != NULL; command++) {
        bool is_alias = alias != NULL && strcmp(command->name, alias) == 0;
        *count = is_alias ? 1 : match_words(command->name, words);
        if (*count > 0)
            return command;
    }
    explain_unknown(words[0]);
    return NULL;
}

int command_run(const struct command *command, char *const arguments[])
{
    static char name[64]; /* the log keeps it */
    struct options options;
    snprintf(name, sizeof name, "hark %s", command->name);
    log_set_plain(name);
    if (!options_parse(command->rules, command->operands, arguments, &options)) {
        fprintf(stderr, "Usage: %s %s\n", name, command->usage);
        return EXIT_USAGE;
    }
    int exit_status = EXIT_SUCCESS;
    if (options.wants_help)
        help_print_command(command);
    else
        exit_status = command->run(&options);
    /* A key that a full disk swallowed was not made, as far as anybody can tell. */
    if (fflush(stdout) == 0 || exit_status != EXIT_SUCCESS)
        return exit_status;
    log_error("cannot write to stdout: %s", strerrordesc_np(errno));
    return EXIT_FAILURE;
}
