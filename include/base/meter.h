/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_METER_H
#define HARK_BASE_METER_H

#include "base/buffer.h"

#include <stddef.h>
#include <stdint.h>

/* What the service counts about itself, written out as Prometheus text (format 0.0.4). Counters, gauges and
 * histograms are registered once, at start, and live as long as the process; all calls are thread-safe. */
struct meter;

enum meter_type { METER_COUNTER, METER_GAUGE, METER_HISTOGRAM };

/* label: NULL, or ready label pairs such as `method="POST",route="/v1/responses"`. The same name may be registered
 * with several labels, then with one type and one help. bounds: ascending, for histograms only. Strings are kept,
 * not copied, unless they are labels. Out of memory at start-up is fatal. */
struct meter *meter_register(enum meter_type type, const char *name, const char *label, const char *help,
                             const double *bounds, size_t bound_count);
void meter_add(struct meter *meter, double amount);    /* counter, gauge */
void meter_set(struct meter *meter, double value);     /* gauge */
void meter_observe(struct meter *meter, double value); /* histogram */
/* A gauge that is asked for its value at each scrape. */
typedef double meter_read_fn(void *context);
void meter_register_reader(const char *name, const char *label, const char *help, meter_read_fn *read, void *context);
void meter_write(struct buffer *text);

#endif
