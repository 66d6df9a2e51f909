/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_QUANTILE_H
#define HARK_METRICS_QUANTILE_H

/* The x with P(X <= x) = p, for 0 < p < 1. The errors are relative, measured against R 4.2, and held by
 * tests/unit/quantile_test.c. */

/* Standard normal: AS 241, PPND16 (Wichura 1988). Error under 1e-15. */
double quantile_normal(double p);

/* Student's t with df >= 1 degrees of freedom, fractions allowed: tail_student() solved for t. Error under 1e-13 where
 * both p and 1 - p are 1e-10 or more. */
double quantile_student(double p, double df);

/* Chi-square with df >= 1 degrees of freedom: tail_chi_square() solved for x. Error under 1e-12 for p from 0.001 to
 * 0.999999 and df up to 2,000; further down it grows as 1e-16 / p. */
double quantile_chi_square(double p, double df);

#endif
