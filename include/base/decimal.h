/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_DECIMAL_H
#define HARK_BASE_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

/* Numbers as text, in C's notation. Each returns the length; a NUL follows. */

enum { DECIMAL_SIZE = 32 };

size_t decimal_integer(int64_t value, char text[DECIMAL_SIZE]);
/* With 15, 16 or 17 digits: the fewest that read back as the same double, less trailing zeros. Finite values only. */
size_t decimal_double(double value, char text[DECIMAL_SIZE]);

#endif
