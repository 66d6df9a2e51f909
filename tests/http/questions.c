/* SPDX-License-Identifier: MIT */
#include "questions.h"

#include "base/buffer.h"
#include "support/runner.h"

#include <string.h>
#include <time.h>

struct api questions_api;
static struct buffer lines;

void questions_setup(void)
{
    api_open(&questions_api, serve_shared(), NULL);
    buffer_init(&lines);
}

void questions_teardown(void)
{
    buffer_clear(&lines);
    api_close(&questions_api);
}

/* --- surveys and answers ---------------------------------------------------------------------------------------------- */

struct survey_draft_question question_of(const char *key, const char *metric, int min, int max)
{
    return (struct survey_draft_question){
        .definition = {.question = key, .metric = metric, .scale_min = (int8_t)min, .scale_max = (int8_t)max}};
}

static void wait_for_version(const char *survey, const char *question, int version)
{
    const struct api_reply *reply = NULL;
    for (int i = 0; i < 1000; i++) {
        reply = api_get(&questions_api,
                        api_text("/v1/metrics?metric=%s&survey=%s&survey_version=%d", question, survey, version));
        if (reply->status == 200)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    ck_assert_status(reply, 200);
}

void questions_put(const char *survey, const struct survey_draft_question *questions, size_t count)
{
    struct survey_put done;
    const struct survey_draft draft = {
        .project_id = questions_api.project_id, .key = survey, .questions = questions, .question_count = count};
    ck_assert_int_eq(survey_put(questions_api.connection, &draft, &done), STATUS_OK);
    wait_for_version(survey, questions->definition.question, done.version);
}

void questions_put_scale(const char *survey, const char *question, const char *metric, int min, int max)
{
    const struct survey_draft_question only = question_of(question, metric, min, max);
    questions_put(survey, &only, 1);
}

void questions_add(int day, const char *extra, const char *question, const char *scores)
{
    for (const char *score = scores; *score; score++)
        buffer_format(&lines, "{\"occurred_at\":\"2026-01-%02dT10:00:00Z\",%s\"answers\":{\"%s\":%d}}\n", day, extra,
                      question, *score == 'a' ? 10 : *score - '0');
}

void questions_post(void)
{
    const struct api_reply *reply = api_post_lines(&questions_api, "/v1/responses", lines.data);
    ck_assert_status(reply, 200);
    ck_assert_msg(api_size(reply, "rejected") == 0, "%s", reply->http.body);
    buffer_reset(&lines);
}

/* --- what is expected -------------------------------------------------------------------------------------------------- */

double questions_from_rows(const char *expression)
{
    char sql[2048];
    snprintf(sql, sizeof sql,
             "WITH scored AS (SELECT r.*, a.id AS definition, a.score FROM response r CROSS JOIN LATERAL"
             " (SELECT key::int AS id, value::int AS score FROM jsonb_each_text(r.answers) UNION ALL"
             "  SELECT i, s FROM (VALUES (1, r.nps::int), (2, r.csat::int), (3, r.ces::int)) b (i, s)"
             "  WHERE s IS NOT NULL) a WHERE r.project_id = %%1$d AND NOT r.is_test AND NOT r.excluded),"
             " answer AS (SELECT s.score, s.customer_id, s.occurred_at, s.id, s.survey_version AS version,"
             "  extract(day FROM s.occurred_at AT TIME ZONE 'UTC') AS day, v.value AS survey, h.value AS channel,"
             "  q.question, q.scale_min AS low, q.scale_max AS high,"
             "  CASE WHEN q.polarity > 0 THEN s.score - q.scale_min ELSE q.scale_max - s.score END"
             "   * 100.0 / (q.scale_max - q.scale_min) AS place"
             "  FROM scored s JOIN question_definition q ON q.id = s.definition AND q.project_id IN (0, s.project_id)"
             "  JOIN cell c ON c.project_id = s.project_id AND c.id = s.cell_id"
             "  LEFT JOIN dimension_value v ON v.project_id = c.project_id AND v.dimension = 0 AND v.id = c.survey_id"
             "  LEFT JOIN dimension_value h ON h.project_id = c.project_id AND h.dimension = 1 AND h.id = c.channel_id)"
             " SELECT round(1e9 * (%s)::numeric)::int8 FROM answer",
             expression);
    return (double)api_count(&questions_api, sql) / 1e9;
}

void questions_check(const struct api_reply *reply, const char *path, double expected)
{
    ck_assert_double_eq_tol(api_number(reply, path), expected, 1e-6);
}

void questions_check_rows(const struct api_reply *reply, const char *path, const char *expression)
{
    questions_check(reply, path, questions_from_rows(expression));
}

const struct api_reply *questions_get(const char *path)
{
    const struct api_reply *reply = api_get(&questions_api, path);
    ck_assert_status(reply, 200);
    return reply;
}
