/* SPDX-License-Identifier: MIT */
#include "api/service.h"

#include "http/reply.h"

struct problem_row {
    int status;
    const char *slug;
    const char *detail;      /* %s: the thing */
    const char *retry_after; /* NULL: no use */
};

static const struct problem_row problems[STATUS_COUNT] = {
    [STATUS_INVALID] = {422, "validation", "The %s can't be taken as it is.", NULL},
    [STATUS_NOT_FOUND] = {404, "not-found", "There is no such %s.", NULL},
    [STATUS_CONFLICT] = {409, "conflict", "The %s contradicts what is stored.", NULL},
    [STATUS_FORBIDDEN] = {403, "forbidden", "The key may not do this to the %s.", NULL},
    [STATUS_TOO_LARGE] = {422, "too-large", "The %s asks for more than one reply may hold.", NULL},
    [STATUS_BUSY] = {503, "busy", "Too much is waiting already: the %s was not taken. Send it again.", "1"},
    [STATUS_RETRY] = {503, "unavailable", "The database was busy with the %s. Send it again.", "1"},
    [STATUS_LOST] = {503, "unavailable", "The database went away during the %s. Send it again.", "1"},
    [STATUS_UNAVAILABLE] = {503, "unavailable", "The database is away: the %s was not done. Send it again.", "2"},
    [STATUS_TIMEOUT] = {503, "timeout", "The %s took longer than it may. Ask for less, or try again.", "5"},
    [STATUS_NO_MEMORY] = {503, "unavailable", "Out of memory: the %s was not done. Send it again.", "1"},
    [STATUS_INTERNAL] = {500, "internal", "The %s met a fault of ours, which was logged under this request's id.",
                         NULL},
};

void problem_of_status(struct request *request, enum status status, const char *what)
{
    const struct problem_row *row = &problems[status];
    if (row->retry_after)
        reply_header(request, "Retry-After", row->retry_after);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    reply_problem(request, row->status, row->slug, row->detail, what);
#pragma GCC diagnostic pop
}
