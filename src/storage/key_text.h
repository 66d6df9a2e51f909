/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_KEY_TEXT_H
#define HARK_STORAGE_KEY_TEXT_H

#include "storage/account.h"

/* Inside storage/ only, but for key_digest and key_is_origin: what a key looks like. */

/* The first characters of a key, which tell it from others and give nothing away. */
enum { KEY_TEXT_SHOWN = 12 };

void key_text_make(bool is_test, char text[KEY_TEXT_SIZE]);

#endif
