/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_QUICK_H
#define HARK_API_QUICK_H

#include "draft.h"

/* Inside api/ only: what most clients send, decoded in one pass over its text, without a document tree. */

/* True: the draft is what draft_decode would make of the text, and it would find no fault. False: the text is not as plain as that (an
 * escape, a null, a fraction, a field with an object of its own, a fault), nothing is said about it, and the draft is
 * draft_decode's to make. What it keeps is copied into the faults' arena. */
bool quick_decode(struct draft *draft, struct text text, const struct field *fields, struct faults *faults);

#endif
