/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_QUICKSTART_H
#define HARK_COMMAND_QUICKSTART_H

#include "base/status.h"
#include "storage/account.h"
#include "storage/directory.h"

#include <stdbool.h>
#include <stddef.h>

/* A project and keys for whoever has just started Hark: made once, and kept in the data folder for later runs. */
#define QUICKSTART_PROJECT "default"

enum { QUICKSTART_WRITE, QUICKSTART_METRICS, QUICKSTART_READ, QUICKSTART_ADMIN, QUICKSTART_KEYS };

struct quickstart {
    const char *project;
    char keys[QUICKSTART_KEYS][KEY_TEXT_SIZE];
};

/* Reads the keys of <data_dir>/keys (of another project than QUICKSTART_PROJECT: keys-NAME). One that is missing, or that
 * this database doesn't know, is made anew, and the file (mode 0600, lines NAME=key) with it. The directory knows them all
 * when this returns. project: borrowed. Failures were logged. */
enum status quickstart_open(const char *data_dir, const char *project, const struct database_options *database,
                            struct directory *directory, struct quickstart *quickstart)
    __attribute__((warn_unused_result));
/* Reads them only; false when one is missing. */
bool quickstart_find(const char *data_dir, const char *project, struct quickstart *quickstart);
/* Where a client of this machine finds a service that listens there, also where it listens on every address. */
void quickstart_url(const char *address, char *url, size_t size);
/* The keys alone, on stdout. */
void quickstart_print_keys(const struct quickstart *quickstart);
/* The keys and how to use them, on stdout. address: where the service listens. */
void quickstart_print(const struct quickstart *quickstart, const char *address);

#endif
