/* SPDX-License-Identifier: MIT */
#include "api/service.h"
#include "base/log.h"
#include "base/manager.h"
#include "base/sandbox.h"
#include "base/version.h"
#include "commands.h"
#include "http/server.h"
#include "ingest/ingest.h"
#include "maintenance.h"
#include "quickstart.h"
#include "start.h"
#include "storage/cluster.h"
#include "storage/migration.h"
#include "turn.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { SERVE_QUICKSTART };

const struct option_rule serve_rules[] = {
    {.name = "quickstart", .meaning = "makes a project with keys, once, and prints them with commands to try"},
    {.name = NULL},
};

/* All that lives as long as the process, in the order in which it is made. */
struct serve {
    struct config config;
    struct cluster *cluster;
    char *private_url;
    struct database_options database;
    struct dictionary *dictionary;
    struct service service;
    struct maintenance *maintenance;
    struct quickstart quickstart;
    struct http_server *http;
};

/* Commands may be at work in the folder: what PostgreSQL they run ends with them. */
static enum status open_cluster(struct serve *serve)
{
    const char *data_dir = serve->config.data_dir;
    int turn = turn_take(data_dir, TURN_ALONE);
    if (turn < 0)
        return STATUS_UNAVAILABLE;
    enum status status = cluster_open(data_dir, &serve->cluster);
    close(turn);
    serve->private_url = status == STATUS_OK ? cluster_url(data_dir) : NULL;
    return status == STATUS_OK && serve->private_url == NULL ? STATUS_NO_MEMORY : status;
}

/* On a session of its own: a migration lifts the timeouts. */
static enum status migrate(const struct database_options *database)
{
    struct connection *connection;
    int applied;
    enum status status = connection_open(database, "migrate", &connection);
    if (status != STATUS_OK)
        return status;
    status = migration_apply(connection, &applied);
    if (status == STATUS_OK && applied > 0)
        LOG(LOG_LEVEL_INFO, "migrations applied", LOG_INTEGER("count", applied));
    connection_close(connection);
    return status;
}

static enum status open_database(struct serve *serve)
{
    const struct config *config = &serve->config;
    enum status status = config->database_url == NULL ? open_cluster(serve) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    serve->database = (struct database_options){
        .url = config->database_url != NULL ? config->database_url : serve->private_url,
        .statement_timeout_ms = config->statement_timeout_ms,
        .allow_unsafe = config->allow_unsafe_database,
    };
    return migrate(&serve->database);
}

static enum status open_ingest(struct serve *serve)
{
    serve->dictionary = dictionary_new(
        &(struct dictionary_limits){.values = serve->config.max_dimension_values, .cells = serve->config.max_cells});
    if (serve->dictionary == NULL)
        return STATUS_NO_MEMORY;
    const struct ingest_options options = {
        .database = &serve->database,
        .dictionary = serve->dictionary,
        .committers = serve->config.committers,
        .queue_size = serve->config.queue_size,
        .timeout_ms = serve->config.commit_timeout_ms,
    };
    return ingest_open(&options, &serve->service.ingest);
}

static enum status open_workers(struct serve *serve)
{
    serve->service.workers = workers_open(&serve->service, &serve->database, serve->config.readers);
    return serve->service.workers == NULL ? STATUS_UNAVAILABLE : STATUS_OK;
}

static enum status open_streams(struct serve *serve)
{
    serve->service.streams = streams_open(&serve->service, &serve->database, serve->config.max_streams);
    return serve->service.streams == NULL ? STATUS_UNAVAILABLE : STATUS_OK;
}

static enum status open_limits(struct serve *serve)
{
    serve->service.limits = limits_new(&serve->config.failed_key_rate);
    return serve->service.limits == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status open_answers(struct serve *serve)
{
    const struct answer_cache_options options = {
        .bytes_max = (size_t)serve->config.cache_mb << 20,
        .own_ms = serve->config.cache_age_ms,
        .others_ms = serve->config.cache_age_others_ms,
    };
    serve->service.answers = answer_cache_open(&options, serve->service.ingest);
    return serve->service.answers == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

/* They take half as much as replies may. */
static enum status open_cubes(struct serve *serve)
{
    const struct answer_cache_options options = {
        .bytes_max = ((size_t)serve->config.cache_mb << 20) / 2,
        .own_ms = serve->config.cache_age_ms,
        .others_ms = serve->config.cache_age_others_ms,
    };
    serve->service.cubes = cubes_open(&options, &serve->database, serve->service.ingest);
    return serve->service.cubes == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status open_http(struct serve *serve)
{
    const struct config *config = &serve->config;
    const struct http_application application = api_application(&serve->service);
    const struct http_options options = {
        .listen = config->listen,
        .admin_listen = config->admin_listen,
        .listen_fd = manager_socket(MANAGER_SOCKET_MAIN),
        .admin_listen_fd = manager_socket(MANAGER_SOCKET_ADMIN),
        .threads = config->http_threads,
        .max_connections = config->max_connections,
        .head_bytes = config->max_header_kb * 1024,
        .idle_timeout_ms = config->idle_timeout_ms,
        .access_log = config->access_log,
        .proxies = {.ranges = config->trusted_proxies.list,
                    .count = config->trusted_proxies.count,
                    .forwarding = (enum http_forwarding)config->forwarded_header},
        .max_connections_per_address = config->max_connections_per_address,
        .address_rate = config->address_rate,
        .header_timeout_ms = config->header_timeout_ms,
        .body_timeout_ms = config->body_timeout_ms,
        .reply_timeout_ms = config->reply_timeout_ms,
    };
    return http_open(&application, &options, &serve->http);
}

/* Signals wait for wait_for_stop from here on: threads inherit the mask. */
static void block_signals(sigset_t *stop)
{
    sigemptyset(stop);
    sigaddset(stop, SIGTERM);
    sigaddset(stop, SIGINT);
    sigaddset(stop, SIGCHLD); /* of the supervisor */
    pthread_sigmask(SIG_BLOCK, stop, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static enum status open_layers(struct serve *serve, bool is_quickstart)
{
    enum status status = directory_open(&serve->database, &serve->service.directory);
    if (status == STATUS_OK)
        status = open_ingest(serve);
    if (status == STATUS_OK)
        status = open_limits(serve);
    if (status == STATUS_OK)
        status = open_answers(serve);
    if (status == STATUS_OK)
        status = open_cubes(serve);
    if (status == STATUS_OK)
        status = open_workers(serve);
    if (status == STATUS_OK)
        status = open_streams(serve);
    if (status == STATUS_OK)
        status = maintenance_open(&serve->database, serve->config.retention_period_ms, &serve->maintenance);
    if (status == STATUS_OK && is_quickstart)
        status = quickstart_open(serve->config.data_dir, QUICKSTART_PROJECT, &serve->database, serve->service.directory,
                                 &serve->quickstart);
    if (status == STATUS_OK)
        status = open_http(serve);
    /* Last: what has been opened needs more than what is left to do. */
    if (status == STATUS_OK && !sandbox_enter(serve->config.sandbox))
        status = STATUS_FORBIDDEN;
    return status;
}

static void close_layers(struct serve *serve)
{
    streams_drain(serve->service.streams);
    if (serve->http != NULL)
        http_drain(serve->http, serve->config.drain_timeout_ms);
    maintenance_close(serve->maintenance);
    workers_close(serve->service.workers);
    cubes_close(serve->service.cubes);
    ingest_close(serve->service.ingest);
    if (serve->http != NULL)
        http_close(serve->http);
    streams_close(serve->service.streams);
    answer_cache_close(serve->service.answers);
    limits_free(serve->service.limits);
    directory_close(serve->service.directory);
    dictionary_free(serve->dictionary);
}

static bool is_abandoned(const struct serve *serve)
{
    return serve->cluster != NULL && cluster_is_abandoned(serve->cluster);
}

/* A server whose loops turn says so, as often as the service manager wants to hear it. Returns the signal: SIGCHLD when the
 * supervisor of the private PostgreSQL has ended. */
static int watch_until_signal(const struct serve *serve, const sigset_t *stop)
{
    int interval_ms = manager_watchdog_ms();
    const struct timespec interval = {.tv_sec = interval_ms / 1000, .tv_nsec = interval_ms % 1000 * 1000000L};
    int number = -1;
    while (number < 0 || number == SIGCHLD) {
        if (is_abandoned(serve))
            return SIGCHLD;
        if (interval_ms > 0 && http_is_turning(serve->http))
            manager_notify("WATCHDOG=1");
        number = interval_ms > 0 ? sigtimedwait(stop, NULL, &interval) : sigwaitinfo(stop, NULL);
    }
    return number;
}

/* The first signal asks for a graceful stop, during which a second one ends the process at once. */
static int wait_for_stop(const struct serve *serve, const sigset_t *stop)
{
    manager_notify("READY=1");
    int number = watch_until_signal(serve, stop);
    manager_notify("STOPPING=1");
    if (number == SIGCHLD)
        log_error("the supervisor of PostgreSQL has ended: stopping");
    else
        LOG(LOG_LEVEL_INFO, "stopping", LOG_STRING("signal", number == SIGTERM ? "SIGTERM" : "SIGINT"));
    pthread_sigmask(SIG_UNBLOCK, stop, NULL);
    return number == SIGCHLD ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int serve_until_stopped(struct serve *serve, bool is_quickstart)
{
    sigset_t stop;
    if (open_database(serve) != STATUS_OK)
        return EXIT_FAILURE;
    block_signals(&stop);
    int exit_status = EXIT_FAILURE;
    enum status status = open_layers(serve, is_quickstart);
    if (status == STATUS_OK) {
        LOG(LOG_LEVEL_INFO, "listening", LOG_STRING("address", http_address(serve->http)),
            LOG_STRING("admin_address", http_admin_address(serve->http)), LOG_STRING("version", HARK_VERSION));
        if (is_quickstart)
            quickstart_print(&serve->quickstart, http_address(serve->http));
        exit_status = wait_for_stop(serve, &stop);
    }
    close_layers(serve);
    return exit_status;
}

int serve_run(const struct options *options)
{
    struct serve serve = {.cluster = NULL};
    bool is_quickstart = option_is_set(options, SERVE_QUICKSTART);
    int exit_status = EXIT_FAILURE;
    log_set_plain(NULL);
    if (!start_load(&serve.config))
        return EXIT_USAGE;
    log_set_level(serve.config.log_level);
    start_raise_limits(&serve.config);
    if (start_step_down(&serve.config, serve.config.database_url == NULL || is_quickstart))
        exit_status = serve_until_stopped(&serve, is_quickstart);
    cluster_close(serve.cluster);
    free(serve.private_url);
    if (exit_status == EXIT_SUCCESS)
        log_info("stopped");
    config_clear(&serve.config);
    return exit_status;
}
