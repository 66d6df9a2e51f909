/* SPDX-License-Identifier: MIT */
#include "base/meter.h"

#include "base/log.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct meter {
    struct meter *next;   /* of the same family */
    char *label;          /* NULL: none */
    _Atomic double value; /* of a histogram: the sum of what was observed */
    meter_read_fn *read;
    void *context;
    const double *bounds;
    size_t bound_count;
    _Atomic uint64_t *buckets; /* bound_count + 1: the last one is what lies above all bounds */
};

/* All meters of one name: the format wants them together, under one HELP and one TYPE. */
struct family {
    struct family *next;
    const char *name;
    const char *help;
    enum meter_type type;
    struct meter *meters;
};

/* Guards the lists only: values are atomic. */
static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static struct family *families;

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL)
        log_fatal("out of memory at start-up");
    return memory;
}

static struct family *family_get(enum meter_type type, const char *name, const char *help)
{
    struct family **link = &families;
    for (; *link != NULL; link = &(*link)->next) {
        if (strcmp((*link)->name, name) == 0) {
            assert((*link)->type == type);
            return *link;
        }
    }
    *link = allocate(1, sizeof **link);
    **link = (struct family){.name = name, .help = help, .type = type};
    return *link;
}

static bool is_same_label(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static struct meter *meter_get(struct family *family, const char *label)
{
    struct meter **link = &family->meters;
    for (; *link != NULL; link = &(*link)->next)
        if (is_same_label((*link)->label, label))
            return *link;
    struct meter *meter = allocate(1, sizeof *meter);
    if (label != NULL) {
        size_t size = strlen(label) + 1;
        meter->label = allocate(size, 1);
        memcpy(meter->label, label, size);
    }
    *link = meter;
    return meter;
}

struct meter *meter_register(enum meter_type type, const char *name, const char *label, const char *help,
                             const double *bounds, size_t bound_count)
{
    assert((type == METER_HISTOGRAM) == (bounds != NULL));
    pthread_mutex_lock(&registry_lock);
    struct meter *meter = meter_get(family_get(type, name, help), label);
    if (type == METER_HISTOGRAM && meter->buckets == NULL) {
        meter->bounds = bounds;
        meter->bound_count = bound_count;
        meter->buckets = allocate(bound_count + 1, sizeof *meter->buckets);
    }
    pthread_mutex_unlock(&registry_lock);
    return meter;
}

void meter_register_reader(const char *name, const char *label, const char *help, meter_read_fn *read, void *context)
{
    pthread_mutex_lock(&registry_lock);
    struct meter *meter = meter_get(family_get(METER_GAUGE, name, help), label);
    meter->read = read;
    meter->context = context;
    pthread_mutex_unlock(&registry_lock);
}

/* Not `value += amount`: C11 makes that save and restore the floating-point environment each time. */
void meter_add(struct meter *meter, double amount)
{
    double old = atomic_load_explicit(&meter->value, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&meter->value, &old, old + amount, memory_order_relaxed,
                                                  memory_order_relaxed)) {
    }
}

void meter_set(struct meter *meter, double value)
{
    atomic_store_explicit(&meter->value, value, memory_order_relaxed);
}

void meter_observe(struct meter *meter, double value)
{
    size_t i = 0;
    while (i < meter->bound_count && value > meter->bounds[i])
        i++;
    atomic_fetch_add_explicit(&meter->buckets[i], 1, memory_order_relaxed);
    meter_add(meter, value);
}

static void write_number(struct buffer *text, double value)
{
    if (isnan(value))
        buffer_string(text, "NaN");
    else if (isinf(value))
        buffer_string(text, value > 0 ? "+Inf" : "-Inf");
    else
        buffer_json_double(text, value);
}

/* name_suffix{label} value */
static void write_sample(struct buffer *text, const char *name, const char *suffix, const char *label, double value)
{
    buffer_string(text, name);
    buffer_string(text, suffix);
    if (label != NULL)
        buffer_format(text, "{%s}", label);
    buffer_string(text, " ");
    write_number(text, value);
    buffer_string(text, "\n");
}

static void write_bucket(struct buffer *text, const char *name, const char *label, double bound, uint64_t count)
{
    buffer_format(text, "%s_bucket{%s%sle=\"", name, label == NULL ? "" : label, label == NULL ? "" : ",");
    write_number(text, bound);
    buffer_format(text, "\"} %llu\n", (unsigned long long)count);
}

static void write_histogram(struct buffer *text, const char *name, const struct meter *meter)
{
    uint64_t count = 0;
    for (size_t i = 0; i <= meter->bound_count; i++) {
        count += atomic_load_explicit(&meter->buckets[i], memory_order_relaxed);
        write_bucket(text, name, meter->label, i < meter->bound_count ? meter->bounds[i] : INFINITY, count);
    }
    write_sample(text, name, "_sum", meter->label, atomic_load_explicit(&meter->value, memory_order_relaxed));
    write_sample(text, name, "_count", meter->label, (double)count);
}

static void write_meter(struct buffer *text, const struct family *family, const struct meter *meter)
{
    if (family->type == METER_HISTOGRAM) {
        write_histogram(text, family->name, meter);
        return;
    }
    double value =
        meter->read != NULL ? meter->read(meter->context) : atomic_load_explicit(&meter->value, memory_order_relaxed);
    write_sample(text, family->name, "", meter->label, value);
}

void meter_write(struct buffer *text)
{
    static const char *const types[] = {
        [METER_COUNTER] = "counter",
        [METER_GAUGE] = "gauge",
        [METER_HISTOGRAM] = "histogram",
    };
    pthread_mutex_lock(&registry_lock);
    for (const struct family *family = families; family != NULL; family = family->next) {
        buffer_format(text, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help, family->name,
                      types[family->type]);
        for (const struct meter *meter = family->meters; meter != NULL; meter = meter->next)
            write_meter(text, family, meter);
    }
    pthread_mutex_unlock(&registry_lock);
}
