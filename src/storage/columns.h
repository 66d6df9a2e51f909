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

/* The same where a column is often absent throughout: NULL then, if is_absent_ holds for each i. */
#define SPARSE_COLUMN(arguments_, type_, is_absent_, put_) \
    do {                                                   \
        size_t absent_ = 0;                                \
        for (size_t i = 0; i < count; i++)                 \
            absent_ += (is_absent_) ? 1 : 0;               \
        if (absent_ == count)                              \
            argument_null(arguments_);                     \
        else                                               \
            COLUMN(arguments_, type_, put_);               \
    } while (0)

#endif
