/* SPDX-License-Identifier: MIT */
#include "support/folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

char *test_folder_new(char path[TEST_FOLDER_SIZE])
{
    snprintf(path, TEST_FOLDER_SIZE, "/tmp/hark-test-XXXXXX");
    if (mkdtemp(path) == NULL) {
        perror("cannot make a folder below /tmp");
        exit(EXIT_FAILURE);
    }
    return path;
}

static int remove_entry(const char *path, const struct stat *found, int type, struct FTW *position)
{
    (void)found;
    (void)type;
    (void)position;
    return remove(path);
}

void test_folder_remove(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
