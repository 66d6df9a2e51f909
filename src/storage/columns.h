/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_COLUMNS_H
#define HARK_STORAGE_COLUMNS_H

#include "query.h"

/* One array argument: put_ is called for each i below count, which is the caller's variable.
 * NOLINTBEGIN(bugprone-macro-parentheses): put_ is a statement. */
#define COLUMN(arguments_, type_, put_)    \
    do {                                   \
        argument_array(arguments_, type_); \
        for (size_t i = 0; i < count; i++) \
            put_;                          \
    } while (0)
/* NOLINTEND(bugprone-macro-parentheses) */

#endif
