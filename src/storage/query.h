/* SPDX-License-Identifier: MIT */
#ifndef HARK_STORAGE_QUERY_H
#define HARK_STORAGE_QUERY_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/id.h"
#include "base/status.h"
#include "base/text.h"
#include "generated/query_names.h"
#include "storage/database.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inside storage/ only: runs the statements of sql/queries, binary parameters in, binary results out. */

enum { ARGUMENTS_MAX = 32 };

/* The parameters of one statement, in order; array elements follow the argument_array that opened them. Out of memory is
 * remembered and becomes the status of query_run. */
struct arguments {
    struct buffer bytes;
    int count;
    size_t offsets[ARGUMENTS_MAX];
    bool is_null[ARGUMENTS_MAX];
    size_t array_header; /* where the open array's header is; SIZE_MAX: none */
    int32_t array_count;
};

enum array_type {
    ARRAY_BOOL = 16,
    ARRAY_BYTEA = 17,
    ARRAY_INT8 = 20,
    ARRAY_INT2 = 21,
    ARRAY_INT4 = 23,
    ARRAY_TEXT = 25,
    ARRAY_TIMESTAMPTZ = 1184,
    ARRAY_UUID = 2950
};

void arguments_init(struct arguments *arguments);
void arguments_reset(struct arguments *arguments); /* for the next statement; keeps the memory */
void arguments_clear(struct arguments *arguments);

void argument_null(struct arguments *arguments);
void argument_bool(struct arguments *arguments, bool value);
void argument_int2(struct arguments *arguments, int16_t value);
void argument_int4(struct arguments *arguments, int32_t value);
void argument_int8(struct arguments *arguments, int64_t value);
void argument_time(struct arguments *arguments, int64_t us);
void argument_id(struct arguments *arguments, const struct id *id);
void argument_text(struct arguments *arguments, struct text text); /* absent: NULL */
void argument_bytes(struct arguments *arguments, const void *bytes, size_t size);

/* Opens an array; its elements follow until the next argument. */
void argument_array(struct arguments *arguments, enum array_type type);
void element_null(struct arguments *arguments);
void element_bool(struct arguments *arguments, bool value);
void element_int2(struct arguments *arguments, int16_t value);
void element_int4(struct arguments *arguments, int32_t value);
void element_int8(struct arguments *arguments, int64_t value);
void element_time(struct arguments *arguments, int64_t us);
void element_id(struct arguments *arguments, const struct id *id);
void element_text(struct arguments *arguments, struct text text); /* absent: NULL */
void element_bytes(struct arguments *arguments, const void *bytes, size_t size);

struct result;

/* Prepares the statement at its first use on the session. arguments may be NULL for none. The result is NULL unless STATUS_OK.
 * A failure is logged with its SQLSTATE, never with what it carried. */
enum status query_run(struct connection *connection, enum query_name name, struct arguments *arguments,
                      struct result **result) __attribute__((warn_unused_result));
/* The same where nobody looks at rows. */
enum status query_execute(struct connection *connection, enum query_name name, struct arguments *arguments)
    __attribute__((warn_unused_result));
void result_free(struct result *result);

int result_rows(const struct result *result);
int result_columns(const struct result *result);
bool result_is_null(const struct result *result, int row, int column);
bool result_bool(const struct result *result, int row, int column);
int16_t result_int2(const struct result *result, int row, int column);
int32_t result_int4(const struct result *result, int row, int column);
int64_t result_int8(const struct result *result, int row, int column);
int64_t result_time(const struct result *result, int row,
                    int column); /* us since 1970; INT64_MIN, INT64_MAX: infinities */
struct id result_id(const struct result *result, int row, int column);
/* Points into the result; absent for NULL. */
struct text result_text(const struct result *result, int row, int column);
/* A copy in the arena; *failed is set when memory is out. */
struct text result_copy(const struct result *result, int row, int column, struct arena *arena, bool *failed);
/* Elements of an array of text, copied; absent elements are skipped. count 0 and NULL for NULL. */
struct text *result_texts(const struct result *result, int row, int column, struct arena *arena, size_t *count,
                          bool *failed);

/* What a failed statement means. sqlstate NULL: the connection broke. Pure. */
enum status sqlstate_status(const char *sqlstate);

#endif
