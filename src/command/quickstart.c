/* SPDX-License-Identifier: MIT */
#include "quickstart.h"

#include "base/log.h"
#include "storage/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name; /* in the file, and of the scope */
    enum scope scope;
    const char *purpose;
} kinds[QUICKSTART_KEYS] = {
    [QUICKSTART_WRITE] = {"write", SCOPE_WRITE, "posts answers and events; may ship in a page or an app"},
    [QUICKSTART_METRICS] = {"metrics", SCOPE_METRICS, "reads numbers"},
    [QUICKSTART_READ] = {"read", SCOPE_READ, "reads answers and comments, too: what the page wants"},
    [QUICKSTART_ADMIN] = {"admin", SCOPE_ADMIN, "does everything: keep it to yourself"},
};

/* "keys" for the project of `make run`, "keys-NAME" for another. A name may hold any character but a control one. */
static bool path_of(const char *data_dir, const char *project, const char *ending, char path[PATH_MAX])
{
    bool is_default = strcmp(project, QUICKSTART_PROJECT) == 0;
    int size =
        snprintf(path, PATH_MAX, "%s/keys%s%s%s", data_dir, is_default ? "" : "-", is_default ? "" : project, ending);
    if (size >= PATH_MAX)
        return false;
    for (char *c = path + strlen(data_dir) + 1; (c = strchr(c, '/')) != NULL;)
        *c = '_';
    return true;
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
    FILE *file = path_of(data_dir, quickstart->project, "", path) ? fopen(path, "re") : NULL;
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL)
        read_line(line, quickstart);
    fclose(file);
}

bool quickstart_find(const char *data_dir, const char *project, struct quickstart *quickstart)
{
    bool has_all = true;
    *quickstart = (struct quickstart){.project = project};
    read_keys(data_dir, quickstart);
    for (int i = 0; i < QUICKSTART_KEYS; i++)
        has_all = has_all && *quickstart->keys[i] != '\0';
    return has_all;
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
    if (!path_of(data_dir, quickstart->project, "", path) || !path_of(data_dir, quickstart->project, ".new", fresh))
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
static bool is_known(const struct snapshot *snapshot, const char *project_name, const char *text, enum scope scope)
{
    uint8_t digest[DIGEST_SIZE];
    if (!key_digest(text, digest))
        return false;
    const struct project *project = snapshot_project_named(snapshot, project_name);
    const struct key *key = snapshot_key(snapshot, digest);
    return key != NULL && project != NULL && key->project_id == project->id && key->scope == scope;
}

static enum status make_missing(const struct database_options *database, struct directory *directory,
                                struct quickstart *quickstart, const bool is_missing[QUICKSTART_KEYS])
{
    struct connection *connection;
    const char *fault;
    enum status status = connection_open(database, "quickstart", &connection);
    if (status != STATUS_OK)
        return status;
    status = audit_name_actor(connection, "quickstart");
    if (status == STATUS_OK)
        status = project_create(connection, &(struct project_options){.name = quickstart->project}, &fault);
    if (status == STATUS_CONFLICT)
        status = STATUS_OK; /* it is there already */
    for (int i = 0; status == STATUS_OK && i < QUICKSTART_KEYS; i++) {
        const struct key_options options = {.project = quickstart->project, .scope = kinds[i].scope};
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

enum status quickstart_open(const char *data_dir, const char *project, const struct database_options *database,
                            struct directory *directory, struct quickstart *quickstart)
{
    bool is_missing[QUICKSTART_KEYS];
    bool is_any_missing = false;
    (void)quickstart_find(data_dir, project, quickstart);
    struct snapshot *snapshot = directory_hold(directory);
    for (int i = 0; i < QUICKSTART_KEYS; i++) {
        is_missing[i] = !is_known(snapshot, project, quickstart->keys[i], kinds[i].scope);
        is_any_missing = is_any_missing || is_missing[i];
    }
    snapshot_release(snapshot);
    if (!is_any_missing)
        return STATUS_OK;
    enum status status = make_missing(database, directory, quickstart, is_missing);
    return status == STATUS_OK ? write_keys(data_dir, quickstart) : status;
}

void quickstart_url(const char *address, char *url, size_t size)
{
    const char *port = strrchr(address, ':');
    if (strncmp(address, "0.0.0.0:", 8) == 0)
        snprintf(url, size, "http://127.0.0.1%s", port);
    else if (strncmp(address, "[::]:", 5) == 0)
        snprintf(url, size, "http://[::1]%s", port);
    else
        snprintf(url, size, "http://%s", address);
}

void quickstart_print_keys(const struct quickstart *quickstart)
{
    for (int i = 0; i < QUICKSTART_KEYS; i++)
        printf("%-8s %s  %s\n", kinds[i].name, quickstart->keys[i], kinds[i].purpose);
}

void quickstart_print(const struct quickstart *quickstart, const char *address)
{
    char url[128];
    quickstart_url(address, url, sizeof url);
    printf("\nHark listens on %s\n\n", url);
    quickstart_print_keys(quickstart);
    /* In the fragment, which no browser sends; the page takes it out of the address at once. */
    printf("\nSee the numbers in a browser:\n%s/#key=%s&write=%s\n", url, quickstart->keys[QUICKSTART_READ],
           quickstart->keys[QUICKSTART_WRITE]);
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
