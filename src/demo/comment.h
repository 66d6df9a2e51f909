/* SPDX-License-Identifier: MIT */
#ifndef HARK_DEMO_COMMENT_H
#define HARK_DEMO_COMMENT_H

#include "base/buffer.h"
#include "opinion.h"
#include "random.h"
#include "shop.h"

/* Inside demo/ only: what customers write. */

struct phrase {
    enum touchpoint touchpoint;
    enum mood mood;
    const char *tag;  /* what it is about; the last row's is NULL */
    const char *text; /* a sentence */
};

/* Of one language: about a touchpoint; about anything, by mood; about the bad release. */
struct phrase_book {
    const struct phrase *phrases;
    const char *const *closings[MOOD_COUNT]; /* NULL last */
    const char *const *release;
};
extern const struct phrase_book comment_english;
extern const struct phrase_book comment_spanish;

struct comment_topic {
    enum language language;
    enum touchpoint touchpoint;
    enum mood mood;
    bool is_bad_release;
};

/* Appends one or two sentences to text. Returns the tag. */
const char *comment_write(struct random *random, const struct comment_topic *topic, struct buffer *text);

#endif
