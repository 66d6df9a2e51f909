/* SPDX-License-Identifier: MIT */
#ifndef HARK_METRICS_FISHER_H
#define HARK_METRICS_FISHER_H

#include <stdint.h>

/* Two-sided p of Fisher's exact test (1922) of a_x of a_n against b_x of b_n: the probability, with the margins held
 * fast, of all tables that are no more likely than the one seen (as fisher.test of R). Time: the size of the smallest
 * margin, or less. */
double fisher_p(int64_t a_x, int64_t a_n, int64_t b_x, int64_t b_n);

#endif
