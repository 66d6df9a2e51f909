/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_CUBE_MOMENT_H
#define HARK_API_CUBE_MOMENT_H

#include "storage/cube.h"
#include "storage/database.h"

#include <stddef.h>
#include <stdint.h>

/* Inside api/ only: counts in memory of one moment, held by any number. Reading is for any thread, holding for one at a time. */
struct cube_moment {
    struct cube *cube;
    int64_t read_us;  /* on the monotonic clock: what was on disk then is in it */
    int64_t as_of_us; /* the same since 1970 */
    int64_t took_us;  /* to be read */
    unsigned holders;
};

/* As cube_read, with one holder. before may be NULL; it is held meanwhile. */
enum status cube_moment_read(struct connection *connection, const struct cube_scope *scope,
                             const struct cube_moment *before, size_t bytes_max, struct cube_moment **moment)
    __attribute__((warn_unused_result));
/* NULL: nothing to hold or to release. */
struct cube_moment *cube_moment_hold(struct cube_moment *moment);
void cube_moment_release(struct cube_moment *moment);

#endif
