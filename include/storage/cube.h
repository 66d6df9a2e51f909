/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_CUBE_H
#define HARK_STORAGE_CUBE_H

#include "storage/rollup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counts in memory: what the rollups hold of one project, by one grouping and by time (a data cube, as Gray et al. call it,
 * https://doi.org/10.1109/ICDE.1996.492099), at one moment. It answers as rollup_read would have at that moment. It never
 * changes: any number of threads may read it. */
struct cube;

enum { CUBE_CUTS_MAX = 16 };

/* In quarters of an hour; from inclusive, to exclusive. */
struct cube_scope {
    int32_t project_id;
    uint32_t group_by; /* a bit for each enum dimension */
    int32_t from;
    int32_t to;
    /* Where days are taken apart, for questions that begin or end within one; no two are the same. */
    int32_t cuts[CUBE_CUTS_MAX];
    size_t cut_count;
};

/* Questions of a kind that cubes answer: of one project, by no dimension, one, or channel and region; without a filter, and
 * without other questions than the built-in ones. */
bool cube_is_for(const struct rollup_query *query);

/* What is counted, of one moment: everything committed before the call is in it. The project must be open to the session.
 * before: what was read earlier; NULL: nothing. Days in which nothing was counted since are taken from it, and only the others cost
 * PostgreSQL anything; what is read is the same. STATUS_TOO_LARGE: it would take more than bytes_max, or of a single count more than
 * 31 bits. */
enum status cube_read(struct connection *connection, const struct cube_scope *scope, const struct cube *before,
                      size_t bytes_max, struct cube **cube) __attribute__((warn_unused_result));
void cube_free(struct cube *cube);
size_t cube_bytes(const struct cube *cube);
size_t cube_group_count(const struct cube *cube);
const struct cube_scope *cube_scope_of(const struct cube *cube);

/* All of the question's time is in it. */
bool cube_reaches(const struct cube *cube, const struct rollup_query *query);
/* And it can tell: no day that it has in one is cut by the question's time, by its calendar or by what it skips. */
bool cube_tells(const struct cube *cube, const struct rollup_query *query);
/* As rollup_read; the cube tells. */
enum status cube_answer(const struct cube *cube, const struct rollup_query *query, struct arena *arena,
                        struct rollup *rollup) __attribute__((warn_unused_result));

#endif
