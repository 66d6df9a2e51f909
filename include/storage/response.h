/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_RESPONSE_H
#define HARK_STORAGE_RESPONSE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/id.h"
#include "base/status.h"
#include "base/text.h"
#include "storage/database.h"
#include "storage/dimension.h"
#include "storage/pending.h"
#include "storage/posted.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The built-in questions, in the order of the columns. */
enum question { QUESTION_NPS, QUESTION_CSAT, QUESTION_CES, QUESTION_COUNT };
enum { SCORE_ABSENT = -1 };

struct question_scale {
    const char *key;
    int8_t min;
    int8_t max;
};
extern const struct question_scale question_scales[QUESTION_COUNT];

/* A score of a question that is not built in. */
struct answer {
    int32_t definition_id;
    int8_t score;
};

/* A customer's answers. Times in us since 1970; absent texts are missing. properties is JSON. */
struct response {
    struct id id;
    int64_t occurred_us;
    struct cell_key cell;
    int32_t cell_id; /* 0: not resolved yet */
    int32_t key_id;
    int8_t scores[QUESTION_COUNT];
    struct answer *answers; /* ascending by definition, each once */
    size_t answer_count;
    int32_t survey_version; /* that the answers were checked against; 0: the survey is not defined */
    bool is_test;
    bool is_own_id;      /* made here, for this very response: nobody else can know it */
    bool has_given_time; /* occurred_us stands in what was submitted and needs no correction */
    uint8_t content_hash[CONTENT_HASH_SIZE];
    struct text customer_id;
    struct text interaction_id;
    struct text source;
    struct text comment;
    struct text properties;
    struct text *tags;
    size_t tag_count;
};

bool response_is_unanswered(const struct response *response);

/* How a comment that was submitted stands to the stored one. */
enum comment_fit { COMMENT_NONE_STORED, COMMENT_SAME, COMMENT_OTHER };

/* One as it is stored. */
struct stored_response {
    struct response response;
    int64_t received_us;
    int64_t updated_us;
    bool excluded;
    bool erased;
    bool same_properties;         /* response_lock: equal, as JSON, to those that were asked about */
    enum comment_fit comment_fit; /* response_lock, which does not read the comment itself */
    bool sets_comment;            /* for response_update: response.comment is a new one */
};

struct response_key {
    int32_t project_id;
    struct id id;
    struct text properties; /* to compare with; absent otherwise */
    struct text comment;
    bool compares_comment; /* else comment_fit is not told */
};

/* Inserts those whose (project, id) is not known yet and counts them in the caller's slot, in one statement: all or nothing.
 * In ascending (project_id, id) without repeats, cells resolved. is_new[i] says whether responses[i] was inserted. */
enum status response_insert(struct connection *connection, struct response *const *responses, size_t count,
                            int16_t slot, bool *is_new) __attribute__((warn_unused_result));

/* The same, and faster, for responses with is_own_id that were never handed to a session before and bring no answers to other than
 * the built-in questions: all of them are new. STATUS_INVALID where that was wrong, too. They count at once, and are noted in pending. */
enum status response_add(struct connection *connection, struct response *const *responses, size_t count,
                         struct pending *pending) __attribute__((warn_unused_result));

/* Locks and reads, in a transaction. keys ascending. The rows found come back in the same order. */
enum status response_lock(struct connection *connection, const struct response_key *keys, size_t count,
                          struct arena *arena, struct stored_response **rows, size_t *found)
    __attribute__((warn_unused_result));

/* Writes new states of rows that the transaction has locked, and moves their counts in the caller's slot. */
enum status response_update(struct connection *connection, struct stored_response *const *rows, size_t count,
                            int16_t slot) __attribute__((warn_unused_result));

enum status response_get(struct connection *connection, int32_t project_id, const struct id *id, struct arena *arena,
                         struct stored_response **row) __attribute__((warn_unused_result));

/* When each project last stored or changed an answer, in us; INT64_MIN: never. project_ids ascending, each once. */
enum status response_latest(struct connection *connection, const int32_t *project_ids, size_t count, int64_t *latest_us)
    __attribute__((warn_unused_result));

/* One page of a list. */
enum { RESPONSE_WORDS_MAX = 16 };
enum response_band { BAND_ANY, BAND_PROMOTER, BAND_PASSIVE, BAND_DETRACTOR };
struct response_filter {
    int32_t project_id;
    int64_t from_us; /* by occurred_at; from inclusive, to exclusive */
    int64_t to_us;
    const struct text *values[DIMENSION_COUNT]; /* any of them; an absent text stands for a missing value */
    size_t value_counts[DIMENSION_COUNT];       /* 0: any */
    struct text customer_id;
    struct text interaction_id;
    struct text words; /* all of them in the comment, in any case; at most RESPONSE_WORDS_MAX, between spaces */
    enum response_band band;
    int8_t has_comment; /* -1: either */
    int8_t excluded;    /* -1: either */
    int8_t is_test;     /* -1: either */
    struct posted_filter posted;
    bool by_update; /* ascending by (updated_at, id), from updated_since_us, up to what is settled */
    int64_t updated_since_us;
    bool has_cursor; /* after this row */
    int64_t cursor_us;
    struct id cursor_id;
    int limit;
};

struct response_page {
    struct stored_response *rows;
    size_t count;
    bool has_more; /* the list goes on after (last_us, last_id): also where a bounded scan found fewer than limit */
    int64_t last_us;
    struct id last_id;
};

enum status response_list(struct connection *connection, const struct response_filter *filter, struct arena *arena,
                          struct response_page *page) __attribute__((warn_unused_result));

#endif
