/* SPDX-License-Identifier: MIT */
#include "storage/directory.h"
#include "storage/survey.h"

#include "support/runner.h"
#include "tenant.h"

#include <stdio.h>
#include <string.h>

/* Surveys as the directory holds them in memory. */

static struct tenant tenant;
static struct directory *directory;

static void setup(void)
{
    tenant_open(&tenant, NULL);
    ck_assert_int_eq(directory_open(tenant_database(), &directory), STATUS_OK);
}

static void teardown(void)
{
    directory_close(directory);
    tenant_close(&tenant);
}

static struct snapshot *refresh(void)
{
    ck_assert_int_eq(directory_refresh(directory, tenant.connection), STATUS_OK);
    return directory_hold(directory);
}

static void put(const char *key, int8_t scale_max, const char *wording)
{
    const struct survey_draft_question question = {
        .definition = {.question = "mood", .metric = "custom", .scale_min = 0, .scale_max = scale_max},
        .wording = text_of(wording)};
    const struct survey_draft draft = {
        .project_id = tenant.project_id, .key = key, .questions = &question, .question_count = 1};
    struct survey_put done;
    ck_assert_int_eq(survey_put(tenant.connection, &draft, &done), STATUS_OK);
}

static const struct survey *find(const struct snapshot *snapshot, const char *key)
{
    return snapshot_survey(snapshot, tenant.project_id, text_of(key));
}

START_TEST(what_was_put_is_read_back)
{
    put("stay", 4, "\"How are you?\"");
    put("stay", 6, NULL);
    struct snapshot *snapshot = refresh();
    const struct survey *survey = find(snapshot, "stay");
    ck_assert_uint_eq(survey->version_count, 2);
    const struct survey_question *question = survey_question(survey_version(survey, 1), text_of("mood"));
    ck_assert_int_eq(question->definition->scale_max, 4);
    ck_assert(text_is(question->wording, "\"How are you?\""));
    question = survey_question(survey_version(survey, 0), text_of("mood"));
    ck_assert_int_eq(question->definition->scale_max, 6);
    ck_assert_int_eq(question->definition->version, 2);
    ck_assert(text_is_absent(question->wording));
    snapshot_release(snapshot);
}
END_TEST

START_TEST(surveys_that_did_not_change_are_not_read_again)
{
    put("stay", 4, NULL);
    struct snapshot *first = refresh();
    struct snapshot *second = refresh();
    ck_assert_ptr_eq(find(first, "stay"), find(second, "stay"));
    put("stay", 4, NULL);
    struct snapshot *third = refresh();
    ck_assert_ptr_eq(find(first, "stay"), find(third, "stay"));
    snapshot_release(first);
    snapshot_release(second);
    /* The last holder still has it whole. */
    ck_assert_str_eq(find(third, "stay")->versions[0].questions[0].definition->question, "mood");
    snapshot_release(third);
}
END_TEST

START_TEST(each_change_is_seen_at_the_next_read)
{
    put("stay", 4, NULL);
    struct snapshot *before = refresh();
    put("stay", 4, "\"Well?\"");
    struct snapshot *after = refresh();
    ck_assert(text_is_absent(find(before, "stay")->versions[0].questions[0].wording));
    ck_assert(text_is(find(after, "stay")->versions[0].questions[0].wording, "\"Well?\""));
    snapshot_release(before);
    put("other", 4, NULL);
    before = refresh();
    ck_assert_ptr_nonnull(find(before, "other"));
    ck_assert_int_eq(survey_delete(tenant.connection, tenant.project_id, "other", 0), STATUS_OK);
    snapshot_release(after);
    after = refresh();
    ck_assert(find(after, "other")->is_deleted && !find(before, "other")->is_deleted);
    tenant_execute(&tenant, "DELETE FROM survey WHERE project_id = %d");
    snapshot_release(before);
    before = refresh();
    ck_assert_ptr_null(find(before, "stay"));
    snapshot_release(before);
    snapshot_release(after);
}
END_TEST

/* As an operator may leave them who mends by hand. */
START_TEST(rows_that_belong_to_nothing_hide_no_survey)
{
    put("a", 4, NULL);
    put("b", 5, NULL);
    put("c", 6, NULL);
    put("d", 7, NULL);
    tenant_execute(&tenant, "DELETE FROM survey_question WHERE project_id = %d AND survey = 'c'");
    tenant_execute(&tenant, "DELETE FROM survey WHERE project_id = %d AND key = 'a'");
    struct snapshot *snapshot = refresh();
    ck_assert_ptr_null(find(snapshot, "a"));
    ck_assert_ptr_null(find(snapshot, "c"));
    ck_assert_int_eq(find(snapshot, "b")->versions[0].questions[0].definition->scale_max, 5);
    ck_assert_int_eq(find(snapshot, "d")->versions[0].questions[0].definition->scale_max, 7);
    snapshot_release(snapshot);
}
END_TEST

START_TEST(each_project_finds_its_own_among_many)
{
    enum { MANY = 9 };
    struct tenant many[MANY];
    struct snapshot *snapshot;
    for (int i = 0; i < MANY; i++) {
        tenant_open(&many[i], NULL);
        if (i % 3 == 1)
            continue;
        const struct tenant kept = tenant;
        tenant = many[i];
        put("stay", (int8_t)(1 + i), NULL);
        tenant = kept;
    }
    snapshot = refresh();
    for (int i = 0; i < MANY; i++) {
        const struct survey *survey = snapshot_survey(snapshot, many[i].project_id, text_of("stay"));
        ck_assert_int_eq(survey == NULL, i % 3 == 1);
        if (survey)
            ck_assert_int_eq(survey->versions[0].questions[0].definition->scale_max, 1 + i);
        tenant_close(&many[i]);
    }
    ck_assert_ptr_null(find(snapshot, "stay"));
    ck_assert_ptr_null(snapshot_survey(snapshot, INT32_MAX, text_of("stay")));
    snapshot_release(snapshot);
}
END_TEST

Suite *survey_directory_suite(void)
{
    Suite *suite = suite_create("survey_directory");
    TCase *tcase = tcase_create("survey_directory");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, what_was_put_is_read_back);
    tcase_add_test(tcase, surveys_that_did_not_change_are_not_read_again);
    tcase_add_test(tcase, each_change_is_seen_at_the_next_read);
    tcase_add_test(tcase, rows_that_belong_to_nothing_hide_no_survey);
    tcase_add_test(tcase, each_project_finds_its_own_among_many);
    suite_add_tcase(suite, tcase);
    return suite;
}
