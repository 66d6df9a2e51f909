/* SPDX-License-Identifier: MIT */
#ifndef HARK_BASE_SCOPE_H
#define HARK_BASE_SCOPE_H

#include <stdbool.h>

/* What a key may do. The values are stored: never renumber. admin holds read, read holds metrics; write stands
 * alone (it ships in browsers and apps and sees no stored row), and admin holds it too. */
enum scope { SCOPE_NONE = 0, SCOPE_WRITE = 1, SCOPE_METRICS = 2, SCOPE_READ = 3, SCOPE_ADMIN = 4 };

const char *scope_name(enum scope scope);
bool scope_parse(const char *name, enum scope *scope);
bool scope_holds(enum scope held, enum scope wanted);

#endif
