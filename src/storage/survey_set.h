/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_SURVEY_SET_H
#define HARK_STORAGE_SURVEY_SET_H

#include "survey_read.h"

#include <stdatomic.h>

/* Inside storage/ only: the surveys of all projects, shared by the snapshots between two changes. The directory is read every
 * second, and the versions of many surveys are the bulk of it: 10,000 questions took 5 % of a core. */
struct survey_set {
    atomic_int holders;
    struct arena *arena;
    struct text state; /* equal as long as the surveys are */
    const struct project_surveys *projects;
    size_t count;
};

/* In the transaction that reads the snapshot: previous (NULL: none), where nothing changed since; else a new one. The caller
 * holds it. */
enum status survey_set_read(struct connection *connection, struct survey_set *previous, struct survey_set **set)
    __attribute__((warn_unused_result));
void survey_set_release(struct survey_set *set);

#endif
