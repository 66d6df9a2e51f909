/* SPDX-License-Identifier: MIT */
#ifndef HARK_COMMAND_TABLE_H
#define HARK_COMMAND_TABLE_H

#include <stddef.h>

/* Prints cells, row after row, in columns as wide as their widest one. The first row is the heading; NULL reads "-". */
void table_print(const char *const cells[], size_t rows, size_t columns);

#endif
