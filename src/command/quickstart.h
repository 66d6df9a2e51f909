/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_QUICKSTART_H
#define HARK_COMMAND_QUICKSTART_H

#include "base/status.h"
#include "storage/account.h"
#include "storage/directory.h"

/* A project and keys for whoever has just started Hark: made once, and kept in the data folder for later runs. */

enum { QUICKSTART_WRITE, QUICKSTART_METRICS, QUICKSTART_ADMIN, QUICKSTART_KEYS };

struct quickstart {
    char keys[QUICKSTART_KEYS][KEY_TEXT_SIZE];
};

/* Reads the keys of <data_dir>/keys. One that is missing, or that this database doesn't know, is made anew, and the file
 * (mode 0600, lines NAME=key) with it. The directory knows them all when this returns. Failures were logged. */
enum status quickstart_open(const char *data_dir, const struct database_options *database, struct directory *directory,
                            struct quickstart *quickstart) __attribute__((warn_unused_result));
/* The keys and how to use them, on stdout. address: where the service listens. */
void quickstart_print(const struct quickstart *quickstart, const char *address);

#endif
