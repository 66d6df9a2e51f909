/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_METHOD_H
#define HARK_METRICS_METHOD_H

#include "base/status.h"

/* How an interval or a test was computed. Its name travels with every number. */
enum method {
    METHOD_DEFAULT = 0, /* asks for the default of the statistic at hand; never found in a result */
    /* of one score */
    METHOD_ADJUSTED_WALD, /* net: (3, T), Rocks 2016 */
    METHOD_WALD,          /* net */
    METHOD_WILSON,        /* share: Wilson 1927 */
    METHOD_T,             /* mean: Student 1908 */
    /* of a difference of two */
    METHOD_WELCH_T,  /* mean, net: Welch 1947 */
    METHOD_NEWCOMBE, /* share, interval: Newcombe 1998, method 10 */
    METHOD_N1_Z,     /* share, test: "N - 1" two-proportion test, Campbell 2007 */
    METHOD_POOLED_Z, /* share, test: pooled two-proportion test, prop.test(correct = FALSE) of R */
    METHOD_FISHER, /* share, test: Fisher 1922, two-sided; takes the place of n1_z where an expected count is under 1 */
    /* of many */
    METHOD_CHI_SQUARE,      /* Pearson 1900 */
    METHOD_KRUSKAL_WALLIS,  /* Kruskal and Wallis 1952, corrected for ties */
    METHOD_WEIGHTED_BOUNDS, /* index.h */
    METHOD_COUNT
};

/* Such as "adjusted_wald". */
const char *method_name(enum method method);

/* STATUS_INVALID for a name that no method has ("default" is none). */
enum status method_parse(const char *name, enum method *out) __attribute__((warn_unused_result));

#endif
