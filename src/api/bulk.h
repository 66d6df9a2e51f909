/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_BULK_H
#define HARK_API_BULK_H

#include "submission.h"

/* Inside api/ only: many objects in one request. They are decoded into windows; a full window goes to ingest while the next
 * one fills, so that a request of any length takes the memory of two. Each object gets its own verdict. */
struct bulk;

/* NULL: out of memory. The bulk lives until the request ended and the last window came back. */
struct bulk *bulk_new(struct service *service, struct request *request, enum ingest_kind kind);
/* The request ends, or will end without it: results have nowhere to go. */
void bulk_detach(struct bulk *bulk);

/* A window is free for another object. False: wait until the request is continued. */
bool bulk_has_room(struct bulk *bulk);
/* Decodes one object; call only while there is room. */
void bulk_add(struct bulk *bulk, struct text text);
/* An object that can't even be looked at. */
void bulk_refuse(struct bulk *bulk, int status, const char *detail);
/* No more objects. HANDLED: the reply is set; PENDING: it will be. */
enum outcome bulk_finish(struct bulk *bulk);
size_t bulk_count(const struct bulk *bulk);

#endif
