/* SPDX-License-Identifier: MIT */
#include "session.h"

#include "base/log.h"
#include "command/command.h"
#include "start.h"
#include "storage/audit.h"
#include "storage/migration.h"
#include "turn.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Alone, because two commands may find at once that nobody runs it: the second one then uses the first one's. */
static enum status open_unless_owned(struct session *session)
{
    const char *data_dir = session->config.data_dir;
    if (cluster_is_owned(data_dir))
        return STATUS_OK;
    turn_be_alone(session->turn);
    enum status status = cluster_is_owned(data_dir) ? STATUS_OK : cluster_open(data_dir, &session->cluster);
    turn_share(session->turn);
    return status;
}

static enum status open_private(struct session *session)
{
    session->turn = turn_take(session->config.data_dir, TURN_SHARED);
    if (session->turn < 0)
        return STATUS_UNAVAILABLE;
    enum status status = open_unless_owned(session);
    session->url = status == STATUS_OK ? cluster_url(session->config.data_dir) : NULL;
    return status == STATUS_OK && session->url == NULL ? STATUS_NO_MEMORY : status;
}

/* For the audit log: who runs it, not whom it steps down to. */
static void find_actor(char *actor, size_t size)
{
    const char *invoker = getenv("SUDO_USER");      // NOLINT(concurrency-mt-unsafe): there is one thread
    const struct passwd *user = getpwuid(getuid()); // NOLINT(concurrency-mt-unsafe): there is one thread
    if (invoker != NULL && *invoker != '\0' && getuid() == 0)
        snprintf(actor, size, "command (%s)", invoker);
    else if (user != NULL)
        snprintf(actor, size, "command (%s)", user->pw_name);
    else
        snprintf(actor, size, "command (%lu)", (unsigned long)getuid());
}

static enum status connect(struct session *session)
{
    const struct config *config = &session->config;
    enum status status = config->database_url == NULL ? open_private(session) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    session->database = (struct database_options){
        .url = config->database_url != NULL ? config->database_url : session->url,
        .statement_timeout_ms = config->statement_timeout_ms,
        .allow_unsafe = config->allow_unsafe_database,
    };
    status = connection_open(&session->database, "command", &session->connection);
    if (status == STATUS_OK)
        status = migration_apply(session->connection, &session->migrations);
    return status == STATUS_OK ? audit_name_actor(session->connection, session->actor) : status;
}

static int open_session(struct session *session, bool needs_folder)
{
    *session = (struct session){.turn = -1};
    find_actor(session->actor, sizeof session->actor);
    if (!start_load(&session->config))
        return EXIT_USAGE;
    /* At a terminal only what went wrong is of interest. */
    if (session->config.log_level == LOG_LEVEL_INFO)
        session->config.log_level = LOG_LEVEL_WARN;
    log_set_level(session->config.log_level);
    needs_folder = needs_folder || session->config.database_url == NULL;
    if (start_step_down(&session->config, needs_folder) && connect(session) == STATUS_OK)
        return EXIT_SUCCESS;
    session_close(session);
    return EXIT_FAILURE;
}

int session_open(struct session *session)
{
    return open_session(session, false);
}

int session_open_with_folder(struct session *session)
{
    return open_session(session, true);
}

void session_close(struct session *session)
{
    connection_close(session->connection);
    if (session->cluster != NULL) {
        turn_be_alone(session->turn);
        cluster_close(session->cluster);
    }
    if (session->turn >= 0)
        close(session->turn);
    free(session->url);
    config_clear(&session->config);
}

int session_report(enum status status)
{
    if (status == STATUS_OK)
        return EXIT_SUCCESS;
    if (status == STATUS_UNAVAILABLE || status == STATUS_LOST)
        log_error("PostgreSQL went away; try again");
    else if (status == STATUS_RETRY || status == STATUS_TIMEOUT)
        log_error("PostgreSQL is busy; try again");
    else
        log_error("failed: %s", status_name(status));
    return EXIT_FAILURE;
}
