/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_CUBES_H
#define HARK_API_CUBES_H

#include "http/request.h"
#include "storage/rollup.h"

/* Inside api/ only: new questions answered from counts in memory (storage/cube.h), where those of the same project and grouping are
 * asked one after the other. How old they may be is what answer_age.h says of replies. They are read by a thread of their
 * own: from the second question on, and again when half of their time is over and somebody asks. Where none may be told from, the
 * question reads them on its own session, but for the days that did not change since they were read last. */

/* False: it is to be read. *as_of_us is set only where it is true: before what the numbers hold. The connection is a reader's, to which
 * the project is open. */
bool cubes_answer(struct request *request, struct connection *connection, const struct rollup_query *query,
                  struct arena *arena, struct rollup *rollup, int64_t *as_of_us) __attribute__((warn_unused_result));
/* The same without reading or waiting, of groups_max groups at most and in a fraction of a millisecond. Only for a request that may lag.
 * False: the question is not even counted as asked. */
bool cubes_tell_at_once(struct request *request, const struct rollup_query *query, size_t groups_max,
                        struct arena *arena, struct rollup *rollup, int64_t *as_of_us)
    __attribute__((warn_unused_result));

#endif
