/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_TAIL_H
#define HARK_METRICS_TAIL_H

/* Upper tails, P(X > x); the two-sided p of a statistic is twice the tail of its absolute value. The errors are
 * relative, measured against R 4.2 and arithmetic of 40 digits, and held by tests/unit/quantile_test.c. */

/* Standard normal, by erfc(). Error under 2e-13 down to tails of 1e-300. */
double tail_normal(double z);

/* Student's t with df >= 1 degrees of freedom, fractions allowed: incomplete beta function by its continued fraction
 * (DLMF 8.17.22), from 3,000 on Hill's normal approximation (1970). Error under 5e-13 for t from 0 to 12. */
double tail_student(double t, double df);

/* Chi-square with df >= 1 degrees of freedom: incomplete gamma function by its series (DLMF 8.7.1) or continued
 * fraction (8.9.2). Error under 1e-12 for df up to 2,000. */
double tail_chi_square(double x, double df);

#endif
