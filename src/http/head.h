/* SPDX-License-Identifier: MIT */
#ifndef HARK_HTTP_HEAD_H
#define HARK_HTTP_HEAD_H

#include "exchange.h"

#include <stdbool.h>

/* The head of a request, once libmicrohttpd has all of it: past the guard, to its address, its limits, its route, and the
 * application's `begin`. What is refused on the way has a reply set. False: the head itself can't be trusted, so neither can
 * what follows it on the connection. */
bool head_take(struct request *request, const char *method, const char *version);

#endif
