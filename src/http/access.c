/* SPDX-License-Identifier: MIT */
#include "access.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/meter.h"
#include "exchange.h"

#include <stdlib.h>

/* Registered at start, all of them, so that a request neither allocates nor takes a lock for its meters. */
static const int statuses[] = {200, 201, 204, 304, 400, 401, 403, 404, 405, 408,
                               409, 412, 413, 415, 422, 429, 431, 500, 503, 504};
enum { STATUSES = sizeof statuses / sizeof statuses[0] };

static const double seconds[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

struct route_meters {
    struct meter *duration;
    struct meter *totals[STATUSES + 1]; /* the last one: any other status */
};

static enum status register_route(struct route_meters *meters, const char *method, const char *pattern)
{
    struct buffer label;
    buffer_init(&label);
    buffer_format(&label, "route=\"%s\"", pattern);
    if (!label.failed) {
        meters->duration = meter_register(METER_HISTOGRAM, "hark_http_request_duration_seconds", label.data,
                                          "From the request line to the last byte of the reply.", seconds,
                                          sizeof seconds / sizeof seconds[0]);
    }
    for (size_t i = 0; i <= STATUSES; i++) {
        buffer_reset(&label);
        buffer_format(&label, "method=\"%s\",route=\"%s\",status=\"", method, pattern);
        buffer_format(&label, i < STATUSES ? "%d\"" : "other\"", i < STATUSES ? statuses[i] : 0);
        if (!label.failed) {
            meters->totals[i] = meter_register(METER_COUNTER, "hark_http_requests_total", label.data,
                                               "Requests by the route that took them.", NULL, 0);
        }
    }
    bool failed = label.failed;
    buffer_clear(&label);
    return failed ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status access_open(struct access *access, bool logs, const struct route *routes, size_t count)
{
    *access = (struct access){.logs = logs, .route_count = count};
    access->connections =
        meter_register(METER_GAUGE, "hark_http_connections", NULL, "Connections that are open.", NULL, 0);
    access->in_flight = meter_register(METER_GAUGE, "hark_http_requests_in_flight", NULL,
                                       "Requests between their first line and the end of their reply.", NULL, 0);
    access->routes = calloc(count + 1, sizeof *access->routes);
    if (access->routes == NULL) {
        return STATUS_NO_MEMORY;
    }
    enum status status = register_route(&access->routes[count], "other", "none");
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = register_route(&access->routes[i], http_method_name(routes[i].method), routes[i].pattern);
    }
    return status;
}

void access_close(struct access *access)
{
    free(access->routes);
    access->routes = NULL;
}

void access_connections(const struct access *access, int change)
{
    meter_add(access->connections, change);
}

void access_begin(const struct access *access)
{
    meter_add(access->in_flight, 1);
}

static size_t status_slot(int status)
{
    size_t i = 0;
    while (i < STATUSES && statuses[i] != status) {
        i++;
    }
    return i;
}

static size_t body_bytes(const struct request *request, int status)
{
    bool has_none = status == 0 || request->method == HTTP_HEAD || status == 204 || status == 304;
    return has_none ? 0 : request->reply.size;
}

void access_end(const struct access *access, const struct request *request, bool cut)
{
    meter_add(access->in_flight, -1);
    if (request == NULL) {
        return;
    }
    int64_t us = clock_monotonic_us() - request->started_us;
    const struct route_meters *meters =
        &access->routes[request->route == NULL ? access->route_count : request->route_index];
    /* Without an answer the reply may be in the hands of another thread: not ours to look at. */
    bool is_answered = request->phase == PHASE_ANSWERED || request->phase == PHASE_STREAM;
    int status = is_answered ? request->reply.status : 0;
    meter_add(meters->totals[status_slot(status)], 1);
    meter_observe(meters->duration, (double)us / 1e6);
    if (access->logs) {
        LOG(LOG_LEVEL_INFO, cut ? "request cut" : "request", LOG_STRING("request_id", request->id),
            LOG_STRING("method", http_method_name(request->method)),
            LOG_STRING("route", request->route == NULL ? NULL : request->route->pattern), LOG_INTEGER("status", status),
            LOG_DOUBLE("ms", (double)us / 1000), LOG_INTEGER("bytes", body_bytes(request, status)));
    }
}
