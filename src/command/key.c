/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/log.h"
#include "commands.h"
#include "moment.h"
#include "session.h"
#include "storage/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CREATE_PROJECT, CREATE_ORGANIZATION, CREATE_SCOPE, CREATE_TEST, CREATE_EXPIRES, CREATE_RATE, CREATE_ORIGIN };
enum { ROTATE_OVERLAP, ROTATE_EXPIRES };

const struct option_rule key_create_rules[] = {
    {.name = "project", .value = "NAME", .meaning = "opens this project"},
    {.name = "organization", .value = "NAME", .meaning = "opens every project of it; not for scope write"},
    {.name = "scope",
     .value = "SCOPE",
     .meaning = "write (post only), metrics (numbers only), read (rows too) or admin"},
    {.name = "test", .meaning = "what it posts is kept out of every number"},
    {.name = "expires", .value = "WHEN", .meaning = "it ends then: a time, or a span from now on such as 90d"},
    {.name = "rate", .value = "RATE", .meaning = "what may be asked and posted with it, such as 600/m or 2000/10s"},
    {.name = "origin",
     .value = "ORIGIN",
     .meaning = "only pages of this origin may use it, such as https://shop.example; up to eight times; for write",
     .limit = KEY_ORIGINS_MAX},
    {.name = NULL},
};
_Static_assert((int)KEY_ORIGINS_MAX <= (int)OPTION_VALUES_MAX, "all origins can be given");
const struct option_rule key_rotate_rules[] = {
    {.name = "overlap",
     .value = "SPAN",
     .meaning = "how long the old one goes on, such as 30m, 24h or 7d; 24h otherwise"},
    {.name = "expires", .value = "WHEN", .meaning = "the new one ends then: a time, or a span from now on such as 90d"},
    {.name = NULL},
};

/* NULL: never. */
static bool parse_expiry(const char *text, int64_t *us)
{
    int64_t now_us = clock_now_us();
    *us = 0;
    return text == NULL || (moment_parse_end(text, now_us, us) && *us > now_us);
}

/* Of what limits a key; NULL: nothing is wrong. */
static const char *find_fault_of_limits(const struct options *options, struct key_options *key)
{
    const char *rate = option_value(options, CREATE_RATE);
    if (!parse_expiry(option_value(options, CREATE_EXPIRES), &key->expires_us))
        return "--expires takes a time to come, such as 2027-01-01T00:00:00Z, or a span such as 90d";
    if (rate != NULL && !rate_parse(rate, &key->rate))
        return "--rate takes a rate of at most 1000000 in at most a day, such as 600/m, 2000/10s or off";
    key->origin_count = options->counts[CREATE_ORIGIN];
    memcpy(key->origins, options->values[CREATE_ORIGIN], sizeof key->origins);
    for (size_t i = 0; i < key->origin_count; i++)
        if (!key_is_origin(key->origins[i]))
            return "--origin takes scheme, host and port as browsers send them, such as https://shop.example";
    return key->origin_count > 0 && key->scope != SCOPE_WRITE ? "--origin is for keys of scope write" : NULL;
}

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
    return find_fault_of_limits(options, key);
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

static enum status rotate(struct connection *connection, int32_t id, int64_t overlap_us, int64_t expires_us)
{
    char text[KEY_TEXT_SIZE];
    enum status status = key_rotate(connection, id, overlap_us, expires_us, text);
    if (status != STATUS_OK)
        return status;
    wait_for_servers();
    printf("%s\n", text);
    return STATUS_OK;
}

/* NULL: nothing is wrong. */
static const char *find_fault_of_rotation(const struct options *options, int32_t *id, int64_t *overlap_us,
                                          int64_t *expires_us)
{
    const char *overlap = option_value(options, ROTATE_OVERLAP);
    if (options->operand_count != 1 || !command_parse_number(options->operands[0], id))
        return "needs the number of a key, as `hark key list` shows it";
    if (!moment_parse_span(overlap == NULL ? "24h" : overlap, overlap_us))
        return "--overlap takes a span such as 30m, 24h or 7d";
    if (!parse_expiry(option_value(options, ROTATE_EXPIRES), expires_us))
        return "--expires takes a time to come, such as 2027-01-01T00:00:00Z, or a span such as 90d";
    return NULL;
}

int key_rotate_run(const struct options *options)
{
    struct session session;
    int32_t id = 0;
    int64_t overlap_us;
    int64_t expires_us;
    const char *fault = find_fault_of_rotation(options, &id, &overlap_us, &expires_us);
    if (fault != NULL) {
        log_error("%s", fault);
        return EXIT_USAGE;
    }
    int exit_status = session_open(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    enum status status = rotate(session.connection, id, overlap_us, expires_us);
    if (status == STATUS_NOT_FOUND)
        log_error("there is no key %d, or it has ended", (int)id);
    else
        session_report(status);
    session_close(&session);
    return status == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

bool command_parse_number(const char *text, int32_t *number)
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
    if (options->operand_count != 1 || !command_parse_number(options->operands[0], &id)) {
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
