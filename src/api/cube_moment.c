/* SPDX-License-Identifier: MIT */
#include "cube_moment.h"

#include "base/clock.h"

#include <stdlib.h>

enum status cube_moment_read(struct connection *connection, const struct cube_scope *scope,
                             const struct cube_moment *before, size_t bytes_max, struct cube_moment **moment)
{
    struct cube_moment *made = calloc(1, sizeof *made);
    enum status status;
    *moment = NULL;
    if (made == NULL)
        return STATUS_NO_MEMORY;
    made->read_us = clock_monotonic_us();
    made->as_of_us = clock_now_us();
    made->holders = 1;
    status = cube_read(connection, scope, before ? before->cube : NULL, bytes_max, &made->cube);
    made->took_us = clock_monotonic_us() - made->read_us;
    if (status == STATUS_OK)
        *moment = made;
    else
        free(made);
    return status;
}

struct cube_moment *cube_moment_hold(struct cube_moment *moment)
{
    if (moment)
        moment->holders++;
    return moment;
}

void cube_moment_release(struct cube_moment *moment)
{
    if (moment == NULL || --moment->holders > 0)
        return;
    cube_free(moment->cube);
    free(moment);
}
