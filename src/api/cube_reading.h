/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_CUBE_READING_H
#define HARK_API_CUBE_READING_H

#include "base/meter.h"
#include "cube_table.h"
#include "ingest/ingest.h"

#include <pthread.h>
#include <stdbool.h>

/* Inside api/ only: what cubes.c tells from, and how it is read. */

struct cubes {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* there is something to do for the thread */
    pthread_cond_t read;    /* a reading is over */
    struct cube_table table;
    struct answer_ages ages;
    struct ingest *ingest;
    struct database_options reader;
    struct connection *connection; /* the thread's own; NULL: none yet */
    pthread_t thread;
    bool is_closed;
    struct meter *answers;
    struct meter *readings;
};

/* What is read for a question, and from what. */
struct cube_plan {
    struct cube_scope scope;
    struct cube_moment *before; /* held; NULL: all of it is read */
    bool is_first;              /* nobody else reads it right now */
};

/* With the lock. A question whose like was asked not long ago, and may be asked again, is read as counts: most of them are there. entry:
 * NULL where there is none. False: it is not worth while. */
bool cube_plan_make(struct cube_entry *entry, struct cube_plan *plan);
/* Without the lock, on a session to which the project is open (NULL: there is none). What is read, held for the caller; NULL: it can't be. */
struct cube_moment *cube_plan_read(struct cubes *cubes, struct connection *connection, const struct cube_plan *plan);

/* The thread that reads what is due, until the cubes are closed. context is a struct cubes. */
void *cube_reading_run(void *context);

#endif
