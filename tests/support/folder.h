/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_FOLDER_H
#define HARK_TESTS_FOLDER_H

enum { TEST_FOLDER_SIZE = 64 };

/* A new folder below /tmp, private to this user. Returns path. */
char *test_folder_new(char path[TEST_FOLDER_SIZE]);
/* With all that is in it. */
void test_folder_remove(const char *path);

#endif
