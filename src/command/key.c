/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "commands.h"
#include "session.h"
#include "storage/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CREATE_PROJECT, CREATE_ORGANIZATION, CREATE_SCOPE, CREATE_TEST };

const struct option_rule key_create_rules[] = {
    {.name = "project", .value = "NAME", .meaning = "opens this project"},
    {.name = "organization", .value = "NAME", .meaning = "opens every project of it; not for scope write"},
    {.name = "scope",
     .value = "SCOPE",
     .meaning = "write (post only), metrics (numbers only), read (rows too) or admin"},
    {.name = "test", .meaning = "what it posts is kept out of every number"},
    {.name = NULL},
};

/* What is wrong with the options, as a sentence; NULL: nothing. */
static const char *find_fault(const struct options *options, struct key_options *key)
{
    const char *scope = option_value(options, CREATE_SCOPE);
    *key = (struct key_options){
        .project = option_value(options, CREATE_PROJECT),
        .organization = option_value(options, CREATE_ORGANIZATION),
        .is_test = option_is_set(options, CREATE_TEST),
    };
    if ((key->project == NULL) == (key->organization == NULL))
        return "needs either --project NAME or --organization NAME";
    if (scope == NULL)
        return "needs --scope write, metrics, read or admin";
    if (!scope_parse(scope, &key->scope))
        return "--scope must be write, metrics, read or admin";
    if (key->scope == SCOPE_WRITE && key->organization != NULL)
        return "a write key opens one project: --scope write needs --project";
    return NULL;
}

/* Serving processes hear of the new key by a notification, within milliseconds: wait that long, so that a key that was
 * printed works at once. */
static void wait_for_servers(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
}

static enum status create(struct connection *connection, const struct key_options *key)
{
    char text[KEY_TEXT_SIZE];
    enum status status = key_create(connection, key, text);
    if (status != STATUS_OK)
        return status;
    wait_for_servers();
    printf("%s\n", text);
    return STATUS_OK;
}

int key_create_run(const struct options *options)
{
    struct session session;
    struct key_options key;
    const char *fault = find_fault(options, &key);
    if (fault != NULL) {
        log_error("%s", fault);
        return EXIT_USAGE;
    }
    int exit_status = session_open(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    enum status status = create(session.connection, &key);
    if (status == STATUS_NOT_FOUND)
        log_error("there is no %s %s", key.project != NULL ? "project" : "organization",
                  key.project != NULL ? key.project : key.organization);
    else
        session_report(status);
    session_close(&session);
    return status == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool parse_number(const char *text, int32_t *number)
{
    size_t size = strlen(text);
    if (size == 0 || size > 9 || strspn(text, "0123456789") != size)
        return false;
    *number = (int32_t)strtol(text, NULL, 10);
    return true;
}

int key_revoke_run(const struct options *options)
{
    struct session session;
    int32_t id = 0;
    if (options->operand_count != 1 || !parse_number(options->operands[0], &id)) {
        log_error("needs the number of a key, as `hark key list` shows it");
        return EXIT_USAGE;
    }
    int exit_status = session_open(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    enum status status = key_revoke(session.connection, id);
    if (status == STATUS_OK)
        wait_for_servers();
    if (status == STATUS_NOT_FOUND)
        log_error("there is no key %d, or it is revoked already", (int)id);
    else
        session_report(status);
    session_close(&session);
    return status == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
