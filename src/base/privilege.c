/* SPDX-License-Identifier: MIT */
#include "base/privilege.h"

#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char FALLBACK_FOLDER[] = "/var/lib/hark";

bool privilege_is_root(void)
{
    return geteuid() == 0;
}

/* NOLINTBEGIN(concurrency-mt-unsafe): start-up has one thread */

static const struct passwd *find_account(const char *user)
{
    static const char *const defaults[] = {"hark", "postgres"};
    const struct passwd *account = NULL;
    if (user != NULL)
        account = getpwnam(user);
    for (size_t i = 0; user == NULL && account == NULL && i < sizeof defaults / sizeof *defaults; i++)
        account = getpwnam(defaults[i]);
    if (account == NULL) {
        if (user != NULL)
            log_error("HARK_USER: there is no user %s", user);
        else
            log_error("started as root, and there is no user hark or postgres to step down to: set HARK_USER");
        return NULL;
    }
    if (account->pw_uid == 0) {
        log_error("HARK_USER: %s is root, which Hark steps down from", account->pw_name);
        return NULL;
    }
    return account;
}

static bool become(const struct passwd *account)
{
    return initgroups(account->pw_name, account->pw_gid) == 0 &&
           setresgid(account->pw_gid, account->pw_gid, account->pw_gid) == 0 &&
           setresuid(account->pw_uid, account->pw_uid, account->pw_uid) == 0;
}

/* Every id is the user's, and root is out of reach. */
static bool has_become(const struct passwd *account)
{
    uid_t uids[3];
    gid_t gids[3];
    if (getresuid(&uids[0], &uids[1], &uids[2]) != 0 || getresgid(&gids[0], &gids[1], &gids[2]) != 0)
        return false;
    for (int i = 0; i < 3; i++) {
        if (uids[i] != account->pw_uid || gids[i] != account->pw_gid)
            return false;
    }
    return setuid(0) != 0 && seteuid(0) != 0;
}

bool privilege_drop(const char *user)
{
    const struct passwd *account = find_account(user);
    if (account == NULL)
        return false;
    /* Also through no set-user-id program. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !become(account) || !has_become(account)) {
        log_error("cannot step down to user %s: %s", account->pw_name, strerrordesc_np(errno));
        return false;
    }
    setenv("HOME", account->pw_dir, 1);
    setenv("USER", account->pw_name, 1);
    setenv("LOGNAME", account->pw_name, 1);
    return true;
}

/* The longest part of an absolute path that is there. */
static void cut_to_existing(char *path)
{
    struct stat found;
    while (stat(path, &found) != 0 && path[1] != '\0') {
        char *slash = strrchr(path, '/');
        slash[slash == path ? 1 : 0] = '\0';
    }
}

/* Asked of the kernel by a child that stepped down: modes, groups and access lists all count. */
static bool can_enter(const struct passwd *account, const char *folder)
{
    char existing[PATH_MAX];
    if (strlen(folder) >= sizeof existing)
        return false;
    memcpy(existing, folder, strlen(folder) + 1);
    cut_to_existing(existing);
    pid_t child = fork();
    if (child == 0)
        _exit(become(account) && access(existing, X_OK) == 0 ? 0 : 1);
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static bool make_parents(const char *folder)
{
    char path[PATH_MAX];
    if (strlen(folder) >= sizeof path)
        return false;
    memcpy(path, folder, strlen(folder) + 1);
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return true;
}

static bool is_empty(int folder)
{
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    if (entries == NULL)
        return false;
    const struct dirent *entry = readdir(entries);
    while (entry != NULL && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0))
        entry = readdir(entries);
    closedir(entries);
    return entry == NULL;
}

/* An empty folder of root's is given away; what has a content must be the user's already. */
static bool give(int folder, const struct passwd *account, const char *path)
{
    struct stat found;
    if (fstat(folder, &found) != 0)
        return false;
    if (found.st_uid == account->pw_uid)
        return true;
    if (found.st_uid != 0 || !is_empty(folder)) {
        log_error("%s is not user %s's: choose another HARK_DATA_DIR or HARK_USER", path, account->pw_name);
        return false;
    }
    return fchmod(folder, 0700) == 0 && fchown(folder, account->pw_uid, account->pw_gid) == 0;
}

static bool make_folder(const struct passwd *account, const char *path)
{
    if (!make_parents(path) || (mkdir(path, 0700) != 0 && errno != EEXIST)) {
        log_error("cannot make %s: %s", path, strerrordesc_np(errno));
        return false;
    }
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) {
        log_error("cannot open %s: %s", path, strerrordesc_np(errno));
        return false;
    }
    bool is_given = give(folder, account, path);
    close(folder);
    return is_given;
}

char *privilege_prepare_folder(const char *user, const char *folder)
{
    const struct passwd *account = find_account(user);
    if (account == NULL)
        return NULL;
    const char *path = folder;
    if (!can_enter(account, folder)) {
        log_info("user %s can't enter %s: the data is kept in %s", account->pw_name, folder, FALLBACK_FOLDER);
        path = FALLBACK_FOLDER;
    }
    return make_folder(account, path) ? strdup(path) : NULL;
}

/* NOLINTEND(concurrency-mt-unsafe) */
