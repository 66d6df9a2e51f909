/* SPDX-License-Identifier: MIT */
#include "storage/verify.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "commands.h"
#include "session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { VERIFY_REBUILD };
enum { LISTED = 20 };

const struct option_rule verify_rules[] = {
    {.name = "rebuild", .meaning = "first writes the rollups anew from the rows; answers that come in wait meanwhile"},
    {.name = NULL},
};

static void print_difference(void *context, const struct verify_difference *difference)
{
    char time[TIMESTAMP_TEXT_SIZE];
    (void)context;
    printf("%s %s: project %d, %s %d, %.*s score %d: stored %" PRId64 ", counted %" PRId64 "\n",
           difference->table == VERIFY_QUARTERS || difference->table == VERIFY_QUESTION_QUARTERS ? "quarter" : "day",
           timestamp_format(quarter_start_us(difference->quarter), time), (int)difference->project_id,
           difference->table == VERIFY_DAY_PACKS ? "grouping" : "cell", (int)difference->cell_id,
           (int)difference->question.size, difference->question.bytes, difference->score, difference->stored,
           difference->truth);
}

static enum status verify(struct connection *connection, bool rebuilds, struct verify_report *report)
{
    enum status status = rebuilds ? verify_rebuild(connection) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    if (rebuilds)
        printf("Rebuilt the rollups.\n");
    return verify_compare(connection, 0, LISTED, print_difference, NULL, report);
}

int verify_run(const struct options *options)
{
    struct session session;
    struct verify_report report = {0};
    int exit_status = session_open(&session);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    /* No statement timeout holds on a session that has applied migrations. */
    enum status status = verify(session.connection, option_is_set(options, VERIFY_REBUILD), &report);
    exit_status = session_report(status);
    if (status == STATUS_OK && report.differences > 0)
        exit_status = EXIT_DIFFERENCES;
    if (status == STATUS_OK)
        printf("%" PRId64 " rows, %" PRId64 " counters, %" PRId64 " differences\n", report.rows, report.counters,
               report.differences);
    session_close(&session);
    return exit_status;
}
