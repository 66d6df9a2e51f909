/* SPDX-License-Identifier: MIT */
#include "quickstart.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char PROJECT[] = "default";

static const struct {
    const char *name; /* in the file, and of the scope */
    enum scope scope;
    const char *purpose;
} kinds[QUICKSTART_KEYS] = {
    [QUICKSTART_WRITE] = {"write", SCOPE_WRITE, "posts answers and events; may ship in a page or an app"},
    [QUICKSTART_METRICS] = {"metrics", SCOPE_METRICS, "reads numbers"},
    [QUICKSTART_ADMIN] = {"admin", SCOPE_ADMIN, "does everything: keep it to yourself"},
};

static bool path_of(const char *data_dir, const char *name, char path[PATH_MAX])
{
    return snprintf(path, PATH_MAX, "%s/%s", data_dir, name) < PATH_MAX;
}

static void read_line(char *line, struct quickstart *quickstart)
{
    uint8_t digest[DIGEST_SIZE];
    line[strcspn(line, "\n")] = '\0';
    char *value = strchr(line, '=');
    if (value == NULL || !key_digest(value + 1, digest))
        return;
    *value++ = '\0';
    for (int i = 0; i < QUICKSTART_KEYS; i++) {
        if (strcmp(line, kinds[i].name) == 0)
            snprintf(quickstart->keys[i], KEY_TEXT_SIZE, "%s", value);
    }
}

static void read_keys(const char *data_dir, struct quickstart *quickstart)
{
    char path[PATH_MAX];
    char line[KEY_TEXT_SIZE + 32];
    FILE *file = path_of(data_dir, "keys", path) ? fopen(path, "re") : NULL;
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL)
        read_line(line, quickstart);
    fclose(file);
}

static bool write_text(int file, const struct quickstart *quickstart)
{
    for (int i = 0; i < QUICKSTART_KEYS; i++) {
        if (dprintf(file, "%s=%s\n", kinds[i].name, quickstart->keys[i]) < 0)
            return false;
    }
    return fsync(file) == 0;
}

/* Whole or not at all. */
static enum status write_keys(const char *data_dir, const struct quickstart *quickstart)
{
    char path[PATH_MAX];
    char fresh[PATH_MAX];
    if (!path_of(data_dir, "keys", path) || !path_of(data_dir, "keys.new", fresh))
        return STATUS_INVALID;
    int file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool is_written = file >= 0 && write_text(file, quickstart) && rename(fresh, path) == 0;
    if (!is_written)
        log_error("cannot write %s: %s", path, strerrordesc_np(errno));
    if (file >= 0)
        close(file);
    return is_written ? STATUS_OK : STATUS_INTERNAL;
}

/* The file may be of another database, or a key was revoked. */
static bool is_known(const struct snapshot *snapshot, const char *text, enum scope scope)
{
    uint8_t digest[DIGEST_SIZE];
    if (!key_digest(text, digest))
        return false;
    const struct key *key = snapshot_key(snapshot, digest);
    return key != NULL && key->scope == scope;
}

static enum status make_missing(const struct database_options *database, struct directory *directory,
                                struct quickstart *quickstart, const bool is_missing[QUICKSTART_KEYS])
{
    struct connection *connection;
    const char *fault;
    enum status status = connection_open(database, "quickstart", &connection);
    if (status != STATUS_OK)
        return status;
    status = project_create(connection, &(struct project_options){.name = PROJECT}, &fault);
    if (status == STATUS_CONFLICT)
        status = STATUS_OK; /* it is there already */
    for (int i = 0; status == STATUS_OK && i < QUICKSTART_KEYS; i++) {
        const struct key_options options = {.project = PROJECT, .scope = kinds[i].scope};
        if (is_missing[i])
            status = key_create(connection, &options, quickstart->keys[i]);
    }
    if (status == STATUS_OK)
        status = directory_refresh(directory, connection);
    connection_close(connection);
    if (status != STATUS_OK)
        log_error("cannot make the project and its keys: %s", status_name(status));
    return status;
}

enum status quickstart_open(const char *data_dir, const struct database_options *database, struct directory *directory,
                            struct quickstart *quickstart)
{
    bool is_missing[QUICKSTART_KEYS];
    bool is_any_missing = false;
    *quickstart = (struct quickstart){.keys = {""}};
    read_keys(data_dir, quickstart);
    struct snapshot *snapshot = directory_hold(directory);
    for (int i = 0; i < QUICKSTART_KEYS; i++) {
        is_missing[i] = !is_known(snapshot, quickstart->keys[i], kinds[i].scope);
        is_any_missing = is_any_missing || is_missing[i];
    }
    snapshot_release(snapshot);
    if (!is_any_missing)
        return STATUS_OK;
    enum status status = make_missing(database, directory, quickstart, is_missing);
    return status == STATUS_OK ? write_keys(data_dir, quickstart) : status;
}

/* Where a client of this machine finds a service that listens on every address. */
static void print_url(const char *address, char *url, size_t size)
{
    const char *port = strrchr(address, ':');
    if (strncmp(address, "0.0.0.0:", 8) == 0)
        snprintf(url, size, "http://127.0.0.1%s", port);
    else if (strncmp(address, "[::]:", 5) == 0)
        snprintf(url, size, "http://[::1]%s", port);
    else
        snprintf(url, size, "http://%s", address);
}

void quickstart_print(const struct quickstart *quickstart, const char *address)
{
    char url[128];
    print_url(address, url, sizeof url);
    printf("\nHark listens on %s\n\n", url);
    for (int i = 0; i < QUICKSTART_KEYS; i++)
        printf("%-8s %s  %s\n", kinds[i].name, quickstart->keys[i], kinds[i].purpose);
    printf("\nPost an answer:\n"
           "curl '%s/v1/responses' -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' -d "
           "'{\"channel\":\"web\",\"region\":\"ES-CT\",\"answers\":{\"nps\":9,\"csat\":5,\"ces\":6},"
           "\"comment\":\"Easy and quick\"}'\n",
           url, quickstart->keys[QUICKSTART_WRITE]);
    printf("\nNPS by channel and region:\n"
           "curl '%s/v1/metrics?metric=nps&group_by=channel,region' -H 'Authorization: Bearer %s'\n",
           url, quickstart->keys[QUICKSTART_METRICS]);
    printf("\nHealth:\ncurl '%s/readyz'\n\n", url);
    fflush(stdout);
}
