/* SPDX-License-Identifier: MIT */
#include "table.h"

#include "base/text.h"

#include <stdio.h>

static const char *shown(const char *cell)
{
    return cell == NULL ? "-" : cell;
}

static size_t width_of(const char *cell)
{
    size_t characters;
    return text_is_utf8(text_of(cell), &characters) ? characters : text_of(cell).size;
}

static size_t widest(const char *const cells[], size_t rows, size_t columns, size_t column)
{
    size_t most = 0;
    for (size_t row = 0; row < rows; row++) {
        size_t width = width_of(shown(cells[row * columns + column]));
        most = width > most ? width : most;
    }
    return most;
}

void table_print(const char *const cells[], size_t rows, size_t columns)
{
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < columns; column++) {
            const char *cell = shown(cells[row * columns + column]);
            size_t padding = column + 1 == columns ? 0 : widest(cells, rows, columns, column) - width_of(cell) + 2;
            printf("%s%*s", cell, (int)padding, "");
        }
        printf("\n");
    }
}
