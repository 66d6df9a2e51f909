/* SPDX-License-Identifier: MIT */
#ifndef HARK_TESTS_QUESTIONS_H
#define HARK_TESTS_QUESTIONS_H

#include "api.h"
#include "storage/survey.h"

/* Surveys of one test's own, answers to their questions, and what the numbers of them should be: computed from the rows by SQL
 * that knows neither rollups nor the definitions' ids. Whatever fails here fails the test. */

extern struct api questions_api;

void questions_setup(void);
void questions_teardown(void);

struct survey_draft_question question_of(const char *key, const char *metric, int min, int max);
/* A survey of these questions, or its next version; the server knows it when this returns. */
void questions_put(const char *survey, const struct survey_draft_question *questions, size_t count);
/* Of one question. */
void questions_put_scale(const char *survey, const char *question, const char *metric, int min, int max);

/* One answer for each digit (a: 10) at 10:00 on a day of January 2026. extra: "\"survey\":\"x\",". */
void questions_add(int day, const char *extra, const char *question, const char *scores);
/* Sends what was added. */
void questions_post(void);

/* An aggregate over all answers that count: their survey, survey's version, channel, day, customer_id, question, score, the ends
 * of its scale (low, high), and its place on it (0..100, 100 the best). */
double questions_from_rows(const char *expression);
void questions_check(const struct api_reply *reply, const char *path, double expected);
void questions_check_rows(const struct api_reply *reply, const char *path, const char *expression);
/* GET; it is a 200. */
const struct api_reply *questions_get(const char *path);

#endif
