/* SPDX-License-Identifier: MIT */
#include "demo/demo.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "commands.h"
#include "demo_fill.h"
#include "quickstart.h"
#include "session.h"
#include "storage/account.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEMO_PROJECT, DEMO_ANSWERS, DEMO_SEED, DEMO_UNTIL, DEMO_SERVE };
enum { ANSWERS_DEFAULT = 120000 };
static const char PROJECT[] = "demo";

const struct option_rule demo_rules[] = {
    {.name = "project", .value = "NAME", .meaning = "fills this project, which must be new or empty; demo otherwise"},
    {.name = "answers", .value = "N", .meaning = "about so many answers, 1000 to 1000000; 120000 otherwise"},
    {.name = "seed", .value = "N", .meaning = "another year of the same shop; 1 otherwise"},
    {.name = "until", .value = "TIME", .meaning = "when the year ends, such as 2026-11-24T12:00:00Z; now otherwise"},
    {.name = "serve", .meaning = "serves afterwards, unless another hark does so already"},
    {.name = NULL},
};

static bool parse_number(const struct options *options, size_t rule, int64_t least, int64_t most, int64_t *number)
{
    const char *text = option_value(options, rule);
    char *end = NULL;
    if (text == NULL)
        return true;
    errno = 0;
    *number = strtoll(text, &end, 10);
    if (errno == 0 && strspn(text, "0123456789") == strlen(text) && *number >= least && *number <= most)
        return true;
    log_error("--%s takes a number from %" PRId64 " to %" PRId64, demo_rules[rule].name, least, most);
    return false;
}

/* An end in the future would be filled with what didn't happen yet. */
static bool parse_until(const char *text, int64_t *until_us)
{
    int64_t now_us = clock_now_us();
    *until_us = now_us;
    if (text == NULL)
        return true;
    if (timestamp_parse(text, strlen(text), until_us) && *until_us <= now_us &&
        *until_us >= INT64_C(978307200) * 1000000)
        return true;
    log_error("--until takes a time from 2001 to now, such as 2026-11-24T12:00:00Z");
    return false;
}

static bool parse(const struct options *options, struct demo_options *demo)
{
    int64_t answers = ANSWERS_DEFAULT;
    int64_t seed = 1;
    if (!parse_number(options, DEMO_ANSWERS, DEMO_ANSWERS_MIN, DEMO_ANSWERS_MAX, &answers) ||
        !parse_number(options, DEMO_SEED, 0, INT64_MAX, &seed) ||
        !parse_until(option_value(options, DEMO_UNTIL), &demo->until_us))
        return false;
    demo->answers = (int)answers;
    demo->seed = (uint64_t)seed;
    return true;
}

/* The project, made where it is new. STATUS_CONFLICT: it holds something. */
static enum status find_empty(struct session *session, const char *name)
{
    const struct project_options options = {
        .name = name, .time_zone = "Europe/Madrid", .dimensions = {"release"}, .dimension_count = 1};
    const char *fault = NULL;
    bool is_empty = true;
    enum status status = project_create(session->connection, &options, &fault);
    if (status == STATUS_CONFLICT)
        status = project_is_empty(session->connection, name, &is_empty);
    if (fault != NULL)
        log_error("%s", fault);
    return status == STATUS_OK && !is_empty ? STATUS_CONFLICT : status;
}

static void print_day(int64_t us)
{
    char text[TIMESTAMP_TEXT_SIZE];
    printf("%.10s", timestamp_format(us, text));
}

static void print_days(const char *before, int64_t from_us, int64_t to_us)
{
    printf("%s", before);
    print_day(from_us);
    printf(" to ");
    print_day(to_us);
}

static void print_story(const struct demo_options *options, const struct demo_filled *filled)
{
    const int64_t day_us = INT64_C(86400) * 1000000;
    int64_t until_us = options->until_us;
    printf("%zu answers and %zu events of a shop that doesn't exist: made up, not measured (source \"" DEMO_SOURCE
           "\", seed %" PRIu64 "),",
           filled->responses, filled->events, options->seed);
    print_days("\nfrom ", until_us - (DEMO_DAYS - 1) * day_us, until_us);
    printf(". Counted again from the rows: %" PRId64 ", %" PRId64 " differences.\n", filled->counted,
           filled->differences);
    print_days("To find in it: from ", until_us - DEMO_BAD_RELEASE_BEGAN * day_us,
               until_us - (DEMO_BAD_RELEASE_ENDED + 1) * day_us);
    printf(", the app's release 5.2 was bad in " DEMO_BAD_RELEASE_REGION ".\n");
}

static void print_keys(const struct session *session, const struct quickstart *keys)
{
    char url[128];
    quickstart_url(session->config.listen, url, sizeof url);
    printf("\nKeys of the project %s (also in %s):\n", keys->project, session->config.data_dir);
    quickstart_print_keys(keys);
    printf("\nWhile hark serves on %s, the page, and the widget to try:\n%s/#key=%s\n%s/widget-demo#key=%s\n\n", url,
           url, keys->keys[QUICKSTART_READ], url, keys->keys[QUICKSTART_WRITE]);
    fflush(stdout);
}

/* Becomes `hark serve`, on the same folder, which may be another than the environment says. Returns on failure. */
static int serve(const char *data_dir)
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe): all threads have ended
    if (setenv("HARK_DATA_DIR", data_dir, 1) != 0)
        return session_report(STATUS_NO_MEMORY);
    execl("/proc/self/exe", "hark", "serve", (char *)NULL);
    log_error("cannot serve: %s", strerrordesc_np(errno));
    return EXIT_FAILURE;
}

static enum status fill(struct session *session, const char *project, const struct demo_options *options)
{
    struct quickstart keys;
    struct demo_filled filled = {0};
    fprintf(stderr, "Filling the project %s: a minute or less.\n", project);
    enum status status = demo_fill(session, project, options, &keys, &filled);
    if (status != STATUS_OK)
        return status;
    print_story(options, &filled);
    print_keys(session, &keys);
    return filled.differences == 0 ? STATUS_OK : STATUS_INTERNAL;
}

/* goes_on: a project that an earlier run has filled, whose keys are kept, is good enough to serve. */
static int refuse(const struct session *session, const char *project, bool goes_on)
{
    struct quickstart keys;
    log_error("the project %s holds answers or events already: nothing was added. To fill another one: hark demo "
              "--project NAME",
              project);
    if (!goes_on || !quickstart_find(session->config.data_dir, project, &keys))
        return EXIT_FAILURE;
    print_keys(session, &keys);
    return EXIT_SUCCESS;
}

static int run(struct session *session, const char *project, const struct demo_options *options, bool serves)
{
    enum status status = find_empty(session, project);
    if (status == STATUS_OK)
        status = fill(session, project, options);
    if (status == STATUS_CONFLICT)
        return refuse(session, project, serves);
    return status == STATUS_INVALID ? EXIT_FAILURE : session_report(status);
}

int demo_run(const struct options *options)
{
    struct session session;
    struct demo_options demo;
    const char *named = option_value(options, DEMO_PROJECT);
    bool serves = option_is_set(options, DEMO_SERVE);
    if (!parse(options, &demo))
        return EXIT_USAGE;
    int exit_status = session_open_with_folder(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    exit_status = run(&session, named == NULL ? PROJECT : named, &demo, serves);
    /* Another hark runs the private PostgreSQL: that is one which serves, or is about to end. */
    bool is_served = session.config.database_url == NULL && session.cluster == NULL;
    char *data_dir = strdup(session.config.data_dir);
    session_close(&session);
    if (exit_status == EXIT_SUCCESS && serves && !is_served)
        exit_status = data_dir == NULL ? session_report(STATUS_NO_MEMORY) : serve(data_dir);
    free(data_dir);
    return exit_status;
}
