/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_CUBE_TABLE_H
#define HARK_API_CUBE_TABLE_H

#include "answer_age.h"
#include "cube_moment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/* Inside api/ only: counts in memory by project and grouping, bounded in bytes; those that nobody asked about longest go first.
 * For one thread at a time. */

/* Quarters of an hour, from inclusive, to exclusive; equal: none. */
struct cube_span {
    int32_t from;
    int32_t to;
};

/* Where a question began or ended. */
struct cube_cut {
    int32_t quarter;
    int64_t last_us; /* when one was asked last; 0: never */
    bool is_again;   /* that was not long after another time */
};

struct cube_entry {
    TAILQ_ENTRY(cube_entry) by_use;
    int32_t project_id;
    uint32_t group_by;
    struct cube_moment *moment; /* NULL: there is none */
    struct answer_demand demand;
    struct cube_span asked;  /* of the questions since asked_us */
    struct cube_span before; /* of those before it */
    int64_t asked_us;
    struct cube_cut cuts[CUBE_CUTS_MAX];
    int64_t kept_us;        /* what is longer ago is forgotten */
    int64_t last_us;        /* when it was asked last; 0: never */
    bool is_again;          /* that was not long after another time */
    int64_t rests_until_us; /* what could not be read is not tried again before */
    int32_t quarters_max;   /* longer questions are not for it */
    int64_t short_until_us; /* for what was longer was too large */
    bool is_due;            /* to be read */
    bool is_reading;        /* by the thread that reads, since reading_us */
    int64_t reading_us;
};

struct cube_table {
    TAILQ_HEAD(cube_order, cube_entry) order; /* the latest used first */
    size_t count;
    size_t bytes;
    size_t bytes_max;
    int64_t kept_us;
};

/* kept_us: what was asked no longer ago may be asked again. */
void cube_table_init(struct cube_table *table, size_t bytes_max, int64_t kept_us);
/* Nothing is read and nobody holds any more. */
void cube_table_clear(struct cube_table *table);

/* The entry for a question that cubes are for, made where there was none, and used now. NULL: out of memory. */
struct cube_entry *cube_table_ask(struct cube_table *table, const struct rollup_query *query);
/* As it is; NULL: there is none. */
struct cube_entry *cube_table_find(const struct cube_table *table, int32_t project_id, uint32_t group_by);
/* The question's time is to be in what is read next. False: it is too long, or was. */
bool cube_entry_ask(struct cube_entry *entry, const struct rollup_query *query, int64_t now_us);
/* What to read: what was asked for lately, apart where questions that were asked again began or ended. The present is in it for some time
 * to come. */
struct cube_scope cube_entry_scope(const struct cube_entry *entry, int32_t now_quarter);
/* What is read next may tell what the moment, which there is, can't: for it is cut where the question begins and ends. */
bool cube_entry_may_tell(const struct cube_entry *entry, const struct rollup_query *query);
/* It could not be read, for it was too large, or for another reason. */
void cube_entry_fail(struct cube_entry *entry, const struct cube_scope *scope, bool is_too_large, int64_t now_us);
struct cube_entry *cube_table_due(const struct cube_table *table);

/* Holds it in place of what the entry had, unless that is newer. */
void cube_table_keep(struct cube_table *table, struct cube_entry *entry, struct cube_moment *moment);
/* Forgets what was read before. */
void cube_table_expire(struct cube_table *table, int64_t before_us);

#endif
