/* SPDX-License-Identifier: MIT */
#include "unit/oracle.h"

#include "unit/sample.h"

#include <check.h>

double oracle_number(const struct oracle *oracle, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    ck_assert_msg(json_is_number(value), "%s: no number %s", oracle->id, key);
    return json_number_value(value);
}

int64_t oracle_count(const struct oracle *oracle, const json_t *object, const char *key)
{
    return (int64_t)oracle_number(oracle, object, key);
}

int64_t oracle_element(const json_t *array, size_t i)
{
    return json_integer_value(json_array_get(array, i));
}

double oracle_level(const struct oracle *oracle)
{
    return json_object_get(oracle->inputs, "conf") != NULL ? oracle_number(oracle, oracle->inputs, "conf") : 0.95;
}

/* Its own, or that of all values ("*"), or none. */
static double tolerance(const struct oracle *oracle, const char *key)
{
    const json_t *own = json_object_get(oracle->tolerance, key);
    return json_number_value(own != NULL ? own : json_object_get(oracle->tolerance, "*"));
}

void oracle_expect(struct oracle *oracle, const char *key, double got)
{
    double want = oracle_number(oracle, oracle->expected, key);
    ck_assert_msg(sample_is_near(got, want, tolerance(oracle, key)), "%s: %s is %.15g, not %.15g", oracle->id, key, got,
                  want);
    oracle->compared++;
}
