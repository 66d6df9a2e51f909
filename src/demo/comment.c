/* SPDX-License-Identifier: MIT */
#include "comment.h"

static const double CLOSING = .45;    /* of the comments have a second sentence */
static const double ON_RELEASE = .75; /* of the bad ones while it lasts are about the app */

static const struct phrase *choose(struct random *random, const struct phrase *phrases,
                                   const struct comment_topic *topic)
{
    const struct phrase *chosen = phrases;
    size_t seen = 0;
    for (const struct phrase *phrase = phrases; phrase->tag != NULL; phrase++) {
        if (phrase->touchpoint == topic->touchpoint && phrase->mood == topic->mood && random_below(random, ++seen) == 0)
            chosen = phrase;
    }
    return chosen;
}

static const char *one_of(struct random *random, const char *const *sentences)
{
    size_t count = 0;
    while (sentences[count] != NULL)
        count++;
    return sentences[random_below(random, count)];
}

const char *comment_write(struct random *random, const struct comment_topic *topic, struct buffer *text)
{
    const struct phrase_book *book = topic->language == LANGUAGE_SPANISH ? &comment_spanish : &comment_english;
    const char *tag = "app-update";
    if (topic->is_bad_release && topic->mood == MOOD_BAD && random_is(random, ON_RELEASE)) {
        buffer_string(text, one_of(random, book->release));
    } else {
        const struct phrase *phrase = choose(random, book->phrases, topic);
        buffer_string(text, phrase->text);
        tag = phrase->tag;
    }
    if (random_is(random, CLOSING))
        buffer_format(text, " %s", one_of(random, book->closings[topic->mood]));
    return tag;
}
