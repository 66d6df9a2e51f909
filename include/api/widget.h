/* SPDX-License-Identifier: MIT */
#ifndef HARK_API_WIDGET_H
#define HARK_API_WIDGET_H

#include "base/digest.h"

enum { WIDGET_PATH_SIZE = 32 };

/* The script that this program serves to other people's pages, by its content: the path never holds anything else. */
struct widget {
    char path[WIDGET_PATH_SIZE]; /* "/widget/0123456789abcdef.js" */
    char integrity[DIGEST_INTEGRITY_SIZE];
};

struct widget widget_current(void);

#endif
