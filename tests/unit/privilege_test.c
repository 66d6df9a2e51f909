/* SPDX-License-Identifier: MIT */
#include "base/privilege.h"

#include "base/log.h"
#include "support/folder.h"
#include "support/runner.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Who is there on every Debian. Only root can step down: for an ordinary user these tests have nothing to look at. */
static const char USER[] = "nobody";
static char scratch[TEST_FOLDER_SIZE];

static uid_t uid_of(const char *user)
{
    const struct passwd *account = getpwnam(user);
    ck_assert_ptr_nonnull(account);
    return account->pw_uid;
}

static bool is_skipped(void)
{
    log_set_level(LOG_LEVEL_ERROR);
    return !privilege_is_root();
}

START_TEST(drop_takes_every_id_and_leaves_no_way_back)
{
    if (is_skipped())
        return;
    uid_t real;
    uid_t effective;
    uid_t saved;
    ck_assert_int_eq(setgroups(2, (const gid_t[]){0, 4}), 0);
    ck_assert(privilege_drop(USER));
    ck_assert_int_eq(getresuid(&real, &effective, &saved), 0);
    ck_assert_uint_eq(real, uid_of(USER));
    ck_assert_uint_eq(effective, uid_of(USER));
    ck_assert_uint_eq(saved, uid_of(USER));
    ck_assert_uint_ne(getegid(), 0);
    ck_assert_int_eq(setuid(0), -1);
    ck_assert_int_eq(setgid(0), -1);
    gid_t groups[64];
    int count = getgroups(64, groups);
    for (int i = 0; i < count; i++)
        ck_assert(groups[i] != 0 && groups[i] != 4);
    ck_assert(!privilege_is_root());
    ck_assert_str_eq(getenv("HOME"), getpwnam(USER)->pw_dir);
}
END_TEST

START_TEST(root_and_unknown_users_are_refused)
{
    if (is_skipped())
        return;
    ck_assert(!privilege_drop("root"));
    ck_assert(!privilege_drop("there-is-no-such-user"));
    ck_assert(privilege_is_root());
}
END_TEST

START_TEST(prepared_folder_is_made_private_and_given_away)
{
    if (is_skipped())
        return;
    char path[128];
    struct stat found;
    ck_assert_int_eq(chmod(test_folder_new(scratch), 0755), 0);
    snprintf(path, sizeof path, "%s/a/b", scratch);
    char *used = privilege_prepare_folder(USER, path);
    ck_assert_str_eq(used, path);
    ck_assert_int_eq(stat(path, &found), 0);
    ck_assert_uint_eq(found.st_uid, uid_of(USER));
    ck_assert_uint_eq(found.st_mode & 07777, 0700);
    free(used);
    used = privilege_prepare_folder(USER, path); /* and again, now that it is there */
    ck_assert_str_eq(used, path);
    free(used);
    test_folder_remove(scratch);
}
END_TEST

START_TEST(folder_that_holds_something_of_roots_is_never_taken)
{
    if (is_skipped())
        return;
    char path[128];
    struct stat found;
    ck_assert_int_eq(chmod(test_folder_new(scratch), 0755), 0);
    snprintf(path, sizeof path, "%s/precious", scratch);
    ck_assert_int_eq(mkdir(path, 0755), 0);
    ck_assert_ptr_null(privilege_prepare_folder(USER, scratch));
    ck_assert_int_eq(stat(scratch, &found), 0);
    ck_assert_uint_eq(found.st_uid, 0);
    test_folder_remove(scratch);
}
END_TEST

START_TEST(link_in_place_of_the_folder_is_refused)
{
    if (is_skipped())
        return;
    char path[128];
    char target[128];
    struct stat found;
    ck_assert_int_eq(chmod(test_folder_new(scratch), 0755), 0);
    snprintf(path, sizeof path, "%s/link", scratch);
    snprintf(target, sizeof target, "%s/target", scratch);
    ck_assert_int_eq(mkdir(target, 0755), 0);
    ck_assert_int_eq(symlink(target, path), 0);
    ck_assert_ptr_null(privilege_prepare_folder(USER, path));
    ck_assert_int_eq(stat(target, &found), 0);
    ck_assert_uint_eq(found.st_uid, 0);
    test_folder_remove(scratch);
}
END_TEST

START_TEST(folder_that_the_user_cannot_enter_falls_back)
{
    if (is_skipped())
        return;
    char path[128];
    struct stat found;
    bool was_there = stat("/var/lib/hark", &found) == 0;
    test_folder_new(scratch); /* mode 0700, and root's */
    snprintf(path, sizeof path, "%s/below", scratch);
    char *used = privilege_prepare_folder(USER, path);
    if (!was_there) {
        ck_assert_str_eq(used, "/var/lib/hark");
        ck_assert_int_eq(rmdir("/var/lib/hark"), 0);
    }
    ck_assert_int_ne(stat(path, &found), 0);
    free(used);
    test_folder_remove(scratch);
}
END_TEST

Suite *privilege_suite(void)
{
    return RUNNER_SUITE("privilege", drop_takes_every_id_and_leaves_no_way_back, root_and_unknown_users_are_refused,
                        prepared_folder_is_made_private_and_given_away,
                        folder_that_holds_something_of_roots_is_never_taken, link_in_place_of_the_folder_is_refused,
                        folder_that_the_user_cannot_enter_falls_back);
}
