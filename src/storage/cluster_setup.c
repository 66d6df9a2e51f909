/* SPDX-License-Identifier: MIT */
#include "cluster_setup.h"

#include "base/log.h"
#include "cluster_program.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OPEN_FOLDERS = 16 };

static const char SETTINGS_NAME[] = "hark.conf";

/* The superuser that initdb makes is not let in: only the role that owns the database, and only over the socket, whose
 * folder nobody else can enter. */
static const char ACCESS_RULES[] = "local hark hark trust\n";

static const char ROLE_AND_DATABASE[] =
    "CREATE ROLE hark LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;\n"
    "CREATE DATABASE hark OWNER hark;\n";

/* What sessions of the service work as: see storage/role.c. */
static const char SESSION_ROLES[] =
    "CREATE ROLE hark_writer NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;\n"
    "CREATE ROLE hark_reader NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;\n"
    "GRANT hark_writer, hark_reader TO hark;\n";

/* PostgreSQL's log must hold no row and no statement: people's answers are in them. */
static const char SETTINGS[] = "listen_addresses = ''\n"
                               "port = 5432\n"
                               "unix_socket_permissions = 0700\n"
                               "max_connections = 120\n"
                               "shared_buffers = 128MB\n"
                               "max_wal_size = 2GB\n"
                               "wal_compression = on\n"
                               "autovacuum = on\n"
                               "timezone = 'UTC'\n"
                               "log_timezone = 'UTC'\n"
                               "log_destination = 'stderr'\n"
                               "logging_collector = off\n"
                               "log_error_verbosity = terse\n"
                               "log_min_error_statement = panic\n";

static int remove_entry(const char *path, const struct stat *found, int type, struct FTW *position)
{
    (void)found;
    (void)type;
    (void)position;
    return remove(path);
}

static bool remove_folder(const char *path)
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe): start-up has one thread
    if (nftw(path, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
        return true;
    log_error("cannot remove %s: %s", path, strerrordesc_np(errno));
    return false;
}

/* On disk when it returns. flags: O_TRUNC or O_APPEND. */
static bool write_file(const char *folder, const char *name, int flags, const char *text)
{
    char path[PATH_MAX];
    int size = snprintf(path, sizeof path, "%s/%s", folder, name);
    int file = size < PATH_MAX ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600) : -1;
    bool is_written = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text) && fsync(file) == 0;
    if (!is_written)
        log_error("cannot write %s/%s: %s", folder, name, strerrordesc_np(errno));
    if (file >= 0)
        close(file);
    return is_written;
}

static bool sync_folder(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    return is_synced;
}

/* The program's own words may be shown: they are about files and settings, there is no row yet. */
static bool run_step(const char *what, const char *const argv[], const char *input)
{
    struct buffer output;
    buffer_init(&output);
    bool is_done = program_run(argv, input, &output);
    if (!is_done)
        log_error("%s failed: %s", what, output.data == NULL ? "no output" : output.data);
    buffer_clear(&output);
    return is_done;
}

static bool run_initdb(const struct folder *folder, const char *programs)
{
    char initdb[PATH_MAX];
    if (snprintf(initdb, sizeof initdb, "%s/initdb", programs) >= PATH_MAX)
        return false;
    return run_step("initdb",
                    (const char *const[]){initdb, "--pgdata", folder->fresh_data, "--username", "postgres",
                                          "--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums", "--auth",
                                          "trust", NULL},
                    NULL);
}

/* Single-user mode: no server listens while the superuser is at work. */
static bool run_single(const struct folder *folder, const char *programs, const char *what, const char *sql)
{
    char postgres[PATH_MAX];
    if (snprintf(postgres, sizeof postgres, "%s/postgres", programs) >= PATH_MAX)
        return false;
    return run_step(what,
                    (const char *const[]){postgres, "--single", "-D", folder->fresh_data, "-c", "exit_on_error=on",
                                          "postgres", NULL},
                    sql);
}

static bool make_data(const struct folder *folder, const char *programs)
{
    char include[64];
    snprintf(include, sizeof include, "\ninclude '%s'\n", SETTINGS_NAME);
    return remove_folder(folder->fresh_data) && run_initdb(folder, programs) &&
           write_file(folder->fresh_data, "pg_hba.conf", O_TRUNC, ACCESS_RULES) &&
           write_file(folder->fresh_data, SETTINGS_NAME, O_TRUNC, SETTINGS) &&
           write_file(folder->fresh_data, "postgresql.conf", O_APPEND, include) &&
           run_single(folder, programs, "making the role and the database", ROLE_AND_DATABASE) &&
           run_single(folder, programs, "making the roles of sessions", SESSION_ROLES) &&
           sync_folder(folder->fresh_data);
}

bool setup_data(const struct folder *folder, const char *programs)
{
    int major = folder_data_major(folder);
    if (major > 0)
        return true;
    if (major < 0) {
        log_error("%s exists, but is no PostgreSQL data folder: it is left alone; set another HARK_DATA_DIR",
                  folder->data);
        return false;
    }
    log_info("making a private PostgreSQL in %s", folder->root);
    if (!make_data(folder, programs))
        return false;
    if (rename(folder->fresh_data, folder->data) != 0 || !sync_folder(folder->root)) {
        log_error("cannot rename %s: %s", folder->fresh_data, strerrordesc_np(errno));
        return false;
    }
    return true;
}

/* A list of folders within a string within a setting: each layer quotes in its own way. */
static void append_socket_folder(struct buffer *text, const char *path)
{
    buffer_string(text, "unix_socket_directories = '\"");
    for (; *path != '\0'; path++) {
        if (*path == '\'' || *path == '\\' || *path == '"')
            buffer_append(text, path, 1);
        buffer_append(text, path, 1);
    }
    buffer_string(text, "\"'\n");
}

bool setup_settings(const struct folder *folder)
{
    struct buffer text;
    char fresh[PATH_MAX];
    char final[PATH_MAX];
    buffer_init(&text);
    buffer_string(&text, "# Written by Hark at each start. Add settings of your own to postgresql.conf, at its end.\n");
    buffer_string(&text, SETTINGS);
    append_socket_folder(&text, folder->socket);
    bool is_written = !text.failed && write_file(folder->data, "hark.conf.new", O_TRUNC, text.data) &&
                      snprintf(fresh, sizeof fresh, "%s/hark.conf.new", folder->data) < PATH_MAX &&
                      snprintf(final, sizeof final, "%s/%s", folder->data, SETTINGS_NAME) < PATH_MAX &&
                      rename(fresh, final) == 0;
    buffer_clear(&text);
    return is_written;
}
