/* SPDX-License-Identifier: MIT */
#include "config/config.h"

#include "value.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum setting_type {
    TYPE_ADDRESS,
    TYPE_PATH,
    TYPE_TEXT,
    TYPE_FIRST_LINE, /* of the file that the setting names */
    TYPE_INTEGER,
    TYPE_DURATION, /* min and max in milliseconds */
    TYPE_LOG_LEVEL,
    TYPE_SWITCH,
    TYPE_SANDBOX,
    TYPE_RATE,
    TYPE_RANGES,
    TYPE_FORWARDED,
};

/* default_value is read as if it stood in the environment; NULL: the field stays NULL. default_text: what --help shows
 * where that differs. */
struct setting {
    const char *name;
    enum setting_type type;
    int min;
    int max;
    const char *default_value;
    const char *default_text;
    const char *meaning;
    size_t offset;
};

#define FIELD(field_) offsetof(struct config, field_)

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, MOST_DEFAULT_THREADS = 4 };

static const char AUTOMATIC[] = "automatic";

/* clang-format off */
static const struct setting settings[] = {
    {"HARK_LISTEN", TYPE_ADDRESS, 0, 0, "127.0.0.1:8080", NULL,
     "address:port or [address]:port to serve on; port 0: any free one", FIELD(listen)},
    {"HARK_ADMIN_LISTEN", TYPE_ADDRESS, 0, 0, NULL, "unset",
     "serves /metrics there instead of on HARK_LISTEN", FIELD(admin_listen)},
    {"HARK_DATA_DIR", TYPE_PATH, 0, 0, ".hark", "./.hark",
     "folder of the private PostgreSQL", FIELD(data_dir)},
    {"HARK_DATABASE_URL", TYPE_TEXT, 0, 0, NULL, "unset",
     "postgresql://user:password@host/name of the database; unset: a private PostgreSQL", FIELD(database_url)},
    {"HARK_DATABASE_URL_FILE", TYPE_FIRST_LINE, 0, 0, NULL, "unset",
     "a file whose first line is the URL, such as a secret", FIELD(database_url)},
    {"HARK_USER", TYPE_TEXT, 0, 0, NULL, "hark or postgres",
     "who to step down to when started as root", FIELD(user)},
    {"HARK_HTTP_THREADS", TYPE_INTEGER, 1, 64, AUTOMATIC, "cores, at most 4",
     "threads that serve connections", FIELD(http_threads)},
    {"HARK_COMMITTERS", TYPE_INTEGER, 1, 16, "1", NULL,
     "connections that write; more than one where a disk flush takes milliseconds", FIELD(committers)},
    {"HARK_READERS", TYPE_INTEGER, 1, 64, "4", NULL,
     "connections that read", FIELD(readers)},
    {"HARK_QUEUE_SIZE", TYPE_INTEGER, 16, 1048576, "8192", NULL,
     "answers and events that may wait to be written; beyond: 503", FIELD(queue_size)},
    {"HARK_MAX_CONNECTIONS", TYPE_INTEGER, 1, 65536, "4096", NULL,
     "open connections of clients", FIELD(max_connections)},
    {"HARK_MAX_HEADER_KB", TYPE_INTEGER, 4, 64, "12", NULL,
     "KiB of a request's first line and headers; beyond: 431", FIELD(max_header_kb)},
    {"HARK_MAX_STREAMS", TYPE_INTEGER, 1, 65536, "2000", NULL,
     "connections that may be live streams of numbers; beyond: 503", FIELD(max_streams)},
    {"HARK_IDLE_TIMEOUT", TYPE_DURATION, SECOND, HOUR, "60s", NULL,
     "an idle connection is closed after it", FIELD(idle_timeout_ms)},
    {"HARK_HEADER_TIMEOUT", TYPE_DURATION, SECOND, HOUR, "10s", NULL,
     "within it the headers of a request must be in", FIELD(header_timeout_ms)},
    {"HARK_BODY_TIMEOUT", TYPE_DURATION, SECOND, HOUR, "30s", NULL,
     "within it its body must be in; a second more for each 64 KiB", FIELD(body_timeout_ms)},
    {"HARK_REPLY_TIMEOUT", TYPE_DURATION, SECOND, HOUR, "30s", NULL,
     "within it the client must have read its reply; the same", FIELD(reply_timeout_ms)},
    {"HARK_MAX_CONNECTIONS_PER_ADDRESS", TYPE_INTEGER, 0, 65536, "1024", NULL,
     "of one address, but for proxies and the loopback; 0: no limit", FIELD(max_connections_per_address)},
    {"HARK_ADDRESS_RATE", TYPE_RATE, 0, 0, "2000/10s", NULL,
     "requests of one address, but for the loopback; off: no limit", FIELD(address_rate)},
    {"HARK_FAILED_KEY_RATE", TYPE_RATE, 0, 0, "60/m", NULL,
     "requests without a good key, of one address; off: no limit", FIELD(failed_key_rate)},
    {"HARK_TRUSTED_PROXIES", TYPE_RANGES, 0, 0, NULL, "unset",
     "addresses and ranges of proxies that tell the client's address", FIELD(trusted_proxies)},
    {"HARK_FORWARDED_HEADER", TYPE_FORWARDED, 0, 0, "x-forwarded-for", NULL,
     "where they tell it: x-forwarded-for or forwarded", FIELD(forwarded_header)},
    {"HARK_MAX_DIMENSION_VALUES", TYPE_INTEGER, 10, 65000, "20000", NULL,
     "values of one dimension in one project; beyond: 422", FIELD(max_dimension_values)},
    {"HARK_MAX_CELLS", TYPE_INTEGER, 10, 10000000, "250000", NULL,
     "combinations of values in one project; beyond: 422", FIELD(max_cells)},
    {"HARK_DRAIN_TIMEOUT", TYPE_DURATION, 0, HOUR, "20s", NULL,
     "how long a stopping server waits for open requests", FIELD(drain_timeout_ms)},
    {"HARK_COMMIT_TIMEOUT", TYPE_DURATION, 100, 10 * MINUTE, "10s", NULL,
     "how long a request waits for PostgreSQL before its 503", FIELD(commit_timeout_ms)},
    {"HARK_STATEMENT_TIMEOUT", TYPE_DURATION, 100, 10 * MINUTE, "10s", NULL,
     "how long PostgreSQL works on one statement", FIELD(statement_timeout_ms)},
    {"HARK_RETENTION_PERIOD", TYPE_DURATION, SECOND, 24 * HOUR, "60m", NULL,
     "how often what is past the age of its project is anonymised or deleted", FIELD(retention_period_ms)},
    {"HARK_CACHE_MB", TYPE_INTEGER, 0, 4096, "8", NULL,
     "memory for replies about numbers that are asked for again; 0: none are kept", FIELD(cache_mb)},
    {"HARK_CACHE_AGE", TYPE_DURATION, 0, MINUTE, "250ms", NULL,
     "how late an answer that this process stored may come into such a reply", FIELD(cache_age_ms)},
    {"HARK_CACHE_AGE_OTHERS", TYPE_DURATION, 0, MINUTE, "1s", NULL,
     "how late one that another process stored may", FIELD(cache_age_others_ms)},
    {"HARK_LOG_LEVEL", TYPE_LOG_LEVEL, 0, 0, "info", NULL,
     "debug, info, warn or error", FIELD(log_level)},
    {"HARK_ACCESS_LOG", TYPE_SWITCH, 0, 0, "on", NULL,
     "on or off: a log line for each request", FIELD(access_log)},
    {"HARK_SANDBOX", TYPE_SANDBOX, 0, 0, "on", NULL,
     "on, off or report: system calls that a server needs, no others", FIELD(sandbox)},
    {"HARK_ALLOW_UNSAFE_DATABASE", TYPE_SWITCH, 0, 0, "off", NULL,
     "on: serve although fsync, full_page_writes or synchronous_commit is off", FIELD(allow_unsafe_database)},
};
/* clang-format on */

enum { SETTING_COUNT = sizeof settings / sizeof *settings };

static int default_threads(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (cores < 1)
        return 1;
    return cores > MOST_DEFAULT_THREADS ? MOST_DEFAULT_THREADS : (int)cores;
}

/* Several settings may fill one field: the later one then replaces the text. */
static enum value_fault store_text(char **field, char *text)
{
    if (text == NULL)
        return VALUE_NO_MEMORY;
    free(*field);
    *field = text;
    return VALUE_OK;
}

static enum value_fault store(const struct setting *setting, const char *value, void *field)
{
    char *line;
    enum value_fault fault;
    switch (setting->type) {
    case TYPE_ADDRESS:
        return value_is_address(value) ? store_text(field, strdup(value)) : VALUE_NOT_ADDRESS;
    case TYPE_PATH:
        return store_text(field, value_absolute_path(value));
    case TYPE_TEXT:
        return store_text(field, strdup(value));
    case TYPE_FIRST_LINE:
        fault = value_read_first_line(value, &line);
        return fault == VALUE_OK ? store_text(field, line) : fault;
    case TYPE_INTEGER:
        return value_read_integer(value, setting->min, setting->max, field);
    case TYPE_DURATION:
        return value_read_duration(value, setting->min, setting->max, field);
    case TYPE_LOG_LEVEL:
        return value_read_log_level(value, field);
    case TYPE_SWITCH:
        return value_read_switch(value, field);
    case TYPE_SANDBOX:
        return value_read_sandbox(value, field);
    case TYPE_RATE:
        return value_read_rate(value, field);
    case TYPE_RANGES:
        return value_read_ranges(value, field);
    case TYPE_FORWARDED:
        return value_read_forwarded(value, field);
    }
    return VALUE_OK;
}

static void explain(FILE *faults, const struct setting *setting, enum value_fault fault)
{
    fprintf(faults, "%s: ", setting->name);
    switch (fault) {
    case VALUE_NOT_INTEGER:
        fprintf(faults, "must be an integer from %d to %d\n", setting->min, setting->max);
        break;
    case VALUE_NOT_DURATION:
        fprintf(faults, "must be a duration from %g s to %g s, such as 500ms, 20s or 2m\n", setting->min / 1000.0,
                setting->max / 1000.0);
        break;
    default:
        fprintf(faults, "%s\n", value_fault_text(fault));
    }
}

/* An empty variable counts as unset, as compose files write it. */
static const char *environment_value(const char *name)
{
    const char *value = getenv(name); // NOLINT(concurrency-mt-unsafe): start-up has one thread
    return value == NULL || *value == '\0' ? NULL : value;
}

static bool load_setting(struct config *config, const struct setting *setting, FILE *faults)
{
    void *field = (char *)config + setting->offset;
    const char *value = environment_value(setting->name);
    if (value == NULL)
        value = setting->default_value;
    if (value == NULL)
        return true;
    if (value == AUTOMATIC) {
        *(int *)field = default_threads();
        return true;
    }
    enum value_fault fault = store(setting, value, field);
    if (fault != VALUE_OK)
        explain(faults, setting, fault);
    return fault == VALUE_OK;
}

static bool is_known(const char *name, size_t size)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (strlen(settings[i].name) == size && memcmp(settings[i].name, name, size) == 0)
            return true;
    }
    return false;
}

/* A misspelt setting would otherwise hold its default without a word. */
static bool refuse_unknown_names(FILE *faults)
{
    bool are_known = true;
    for (char **variable = environ; *variable != NULL; variable++) {
        size_t size = strcspn(*variable, "=");
        if (strncmp(*variable, "HARK_", 5) == 0 && !is_known(*variable, size)) {
            fprintf(faults, "%.*s: there is no such setting\n", (int)size, *variable);
            are_known = false;
        }
    }
    return are_known;
}

bool config_load(struct config *config, FILE *faults)
{
    *config = (struct config){0};
    bool is_good = refuse_unknown_names(faults);
    for (int i = 0; i < SETTING_COUNT; i++)
        is_good = load_setting(config, &settings[i], faults) && is_good;
    if (environment_value("HARK_DATABASE_URL") != NULL && environment_value("HARK_DATABASE_URL_FILE") != NULL) {
        fputs("HARK_DATABASE_URL_FILE: HARK_DATABASE_URL is set too: keep one of them\n", faults);
        is_good = false;
    }
    return is_good;
}

void config_clear(struct config *config)
{
    free(config->listen);
    free(config->admin_listen);
    free(config->data_dir);
    free(config->database_url);
    free(config->user);
    free(config->trusted_proxies.list);
    *config = (struct config){0};
}

void config_print(FILE *out)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *setting = &settings[i];
        const char *shown = setting->default_text != NULL ? setting->default_text : setting->default_value;
        fprintf(out, "  %-32s  %-17s %s\n", setting->name, shown, setting->meaning);
    }
}
