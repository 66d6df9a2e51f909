/* SPDX-License-Identifier: MIT */
#include "cluster_folder.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char SOCKET_NAME[] = ".s.PGSQL.5432";

/* Lines of postmaster.pid (PostgreSQL, src/include/utils/pidfile.h). */
enum { PID_FILE_SIZE = 8192, LINE_PID = 1, LINE_STATUS = 8 };

static bool is_usable(const struct folder *folder)
{
    size_t longest = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;
    size_t size = strlen(folder->socket) + 1 + strlen(SOCKET_NAME);
    if (size > longest) {
        log_error("the socket %s/%s would have %zu bytes, more than the %zu that a Unix socket may have: set a shorter "
                  "HARK_DATA_DIR",
                  folder->socket, SOCKET_NAME, size, longest);
        return false;
    }
    /* libpq splits host at commas; PostgreSQL's settings end at a line break. */
    if (strpbrk(folder->root, ",\n\r") != NULL) {
        log_error("HARK_DATA_DIR must not hold a comma or a line break");
        return false;
    }
    return true;
}

static bool join(char path[PATH_MAX], const char *root, const char *name)
{
    return snprintf(path, PATH_MAX, "%s/%s", root, name) < PATH_MAX;
}

bool folder_init(struct folder *folder, const char *root)
{
    size_t size = strlen(root);
    while (size > 1 && root[size - 1] == '/')
        size--;
    if (*root != '/' || size >= sizeof folder->root) {
        log_error("HARK_DATA_DIR is no absolute path, or too long");
        return false;
    }
    memcpy(folder->root, root, size);
    folder->root[size] = '\0';
    if (!join(folder->data, folder->root, "postgres") || !join(folder->fresh_data, folder->root, "postgres.new") ||
        !join(folder->socket, folder->root, "run") || !join(folder->log, folder->root, "postgres.log") ||
        !join(folder->owner_lock, folder->root, "lock") ||
        !join(folder->supervisor_lock, folder->root, "supervisor.lock")) {
        log_error("HARK_DATA_DIR is too long");
        return false;
    }
    return is_usable(folder);
}

static bool make_one(const char *path)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    log_error("cannot make the folder %s: %s", path, strerrordesc_np(errno));
    return false;
}

bool folder_make(const struct folder *folder)
{
    if (!make_one(folder->root) || !make_one(folder->socket))
        return false;
    /* pg_hba.conf trusts whoever reaches the socket: this folder is the door. */
    if (chmod(folder->socket, 0700) != 0) {
        log_error("cannot make %s private: %s", folder->socket, strerrordesc_np(errno));
        return false;
    }
    return true;
}

/* Locks of open file descriptions: a child inherits them, and asking for the holder takes nothing. */
int folder_lock(const char *path)
{
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) {
        log_error("cannot open %s: %s", path, strerrordesc_np(errno));
        return -1;
    }
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(descriptor, F_OFD_SETLK, &lock) != 0) {
        close(descriptor);
        errno = EAGAIN;
        return -1;
    }
    return descriptor;
}

bool folder_is_locked(const char *path)
{
    int descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return false;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    bool is_locked = fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(descriptor);
    return is_locked;
}

/* The start of a small file, as a string; false when it can't be read. */
static bool read_file(const char *path, char *text, size_t capacity)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    ssize_t size = read(descriptor, text, capacity - 1);
    close(descriptor);
    if (size < 0)
        return false;
    text[size] = '\0';
    return true;
}

int folder_data_major(const struct folder *folder)
{
    char path[PATH_MAX];
    char text[32];
    struct stat found;
    if (stat(folder->data, &found) != 0 && errno == ENOENT)
        return 0;
    if (!join(path, folder->data, "PG_VERSION") || !read_file(path, text, sizeof text))
        return -1;
    int major = (int)strtol(text, NULL, 10);
    return major > 0 ? major : -1;
}

static bool read_pid_file(const struct folder *folder, char text[PID_FILE_SIZE])
{
    char path[PATH_MAX];
    return join(path, folder->data, "postmaster.pid") && read_file(path, text, PID_FILE_SIZE);
}

/* The start of the nth line, from 1; NULL when there are fewer. */
static const char *find_line(const char *text, int number)
{
    while (--number > 0 && text != NULL) {
        text = strchr(text, '\n');
        if (text != NULL)
            text++;
    }
    return text;
}

/* A postmaster works in its data folder; a process that merely got the same number doesn't. */
static bool works_in(pid_t process, const char *data)
{
    char link[64];
    char working[PATH_MAX];
    char real[PATH_MAX];
    snprintf(link, sizeof link, "/proc/%d/cwd", (int)process);
    ssize_t size = readlink(link, working, sizeof working - 1);
    if (size < 0 || realpath(data, real) == NULL)
        return false;
    working[size] = '\0';
    return strcmp(working, real) == 0;
}

pid_t folder_postmaster(const struct folder *folder)
{
    char text[PID_FILE_SIZE];
    if (!read_pid_file(folder, text))
        return 0;
    /* Negative: a single-user postgres. */
    pid_t process = (pid_t)labs(strtol(find_line(text, LINE_PID), NULL, 10));
    return process > 1 && kill(process, 0) == 0 && works_in(process, folder->data) ? process : 0;
}

bool folder_is_ready(const struct folder *folder, pid_t postmaster)
{
    char text[PID_FILE_SIZE];
    if (!read_pid_file(folder, text) || strtol(find_line(text, LINE_PID), NULL, 10) != postmaster)
        return false;
    const char *status = find_line(text, LINE_STATUS);
    return status != NULL && strncmp(status, "ready", 5) == 0;
}

/* PostgreSQL takes its parent's number for a stale one. The other lines stay: they name the shared memory, by which
 * PostgreSQL knows that backends of a killed postmaster are still at work. */
static void disown_pid_file(const struct folder *folder)
{
    char path[PATH_MAX];
    char text[PID_FILE_SIZE];
    if (!read_pid_file(folder, text) || !join(path, folder->data, "postmaster.pid"))
        return;
    const char *rest = strchr(text, '\n');
    pid_t process = (pid_t)labs(strtol(text, NULL, 10));
    if (rest == NULL || process <= 1 || kill(process, 0) != 0)
        return; /* of a process that is gone, PostgreSQL sees that by itself */
    FILE *file = fopen(path, "we");
    if (file == NULL) {
        log_error("cannot write %s: %s", path, strerrordesc_np(errno));
        return;
    }
    fprintf(file, "%d%s", (int)getpid(), rest);
    fclose(file);
}

/* The lock of the socket guards nothing here: the folder is ours alone. */
void folder_disown_stale_locks(const struct folder *folder)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s.lock", folder->socket, SOCKET_NAME) < PATH_MAX)
        unlink(path);
    disown_pid_file(folder);
}
