/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_ROLE_H
#define HARK_STORAGE_ROLE_H

#include "storage/database.h"

/* Inside storage/ only: the roles that sessions of the service work as. */

/* Makes them, and gives them what they need, where that is due and the session may; else it is logged what to do. For the
 * role that owns the tables, after migrations. */
enum status role_prepare(struct connection *connection, bool is_due) __attribute__((warn_unused_result));
/* A new session takes its options' role on. Without the roles it stays what it is. */
enum status role_take_on(struct connection *connection) __attribute__((warn_unused_result));

#endif
