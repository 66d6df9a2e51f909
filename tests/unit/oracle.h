/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_ORACLE_H
#define HARK_TESTS_ORACLE_H

#include <jansson.h>
#include <stdint.h>

/* One case of tests/data/oracles.json that is being run. What is missing in it fails the test. */
struct oracle {
    const char *id;
    const json_t *inputs;
    const json_t *expected;
    const json_t *tolerance;
    size_t compared; /* how many of the expected values were compared */
};

double oracle_number(const struct oracle *oracle, const json_t *object, const char *key);
int64_t oracle_count(const struct oracle *oracle, const json_t *object, const char *key);
int64_t oracle_element(const json_t *array, size_t i);

/* The input "conf", by default 0.95. */
double oracle_level(const struct oracle *oracle);

/* Compares with the expected value of that name, within its tolerance. */
void oracle_expect(struct oracle *oracle, const char *key, double got);

#endif
