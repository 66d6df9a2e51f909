/* SPDX-License-Identifier: MIT */
#include "../../src/storage/directory_snapshot.h"
#include "support/runner.h"

#include <string.h>

/* Whether what a project's replies depend on has changed between two snapshots. */

enum { PROJECT = 7, OTHER = 9 };

struct moment {
    struct project projects[2];
    struct survey surveys[2];
    struct project_surveys of;
    struct survey_set set;
    struct snapshot snapshot;
};
static struct moment before;
static struct moment now;

static void make(struct moment *moment)
{
    *moment = (struct moment){
        .projects = {{.id = PROJECT, .organization_id = 3, .name = "shop", .time_zone = "UTC", .declared = {"release"}},
                     {.id = OTHER, .organization_id = 3, .name = "cafe", .time_zone = "UTC"}},
        .surveys = {{.project_id = PROJECT, .key = "a", .updated_us = 1000, .version_count = 1},
                    {.project_id = PROJECT, .key = "b", .updated_us = 2000, .version_count = 2}},
    };
    moment->of = (struct project_surveys){.project_id = PROJECT, .surveys = moment->surveys, .survey_count = 2};
    moment->set = (struct survey_set){.projects = &moment->of, .count = 1};
    moment->snapshot = (struct snapshot){.projects = moment->projects, .project_count = 2, .surveys = &moment->set};
}

static void setup(void)
{
    make(&before);
    make(&now);
}

static bool is_same(int32_t project_id)
{
    return snapshot_has_same(&before.snapshot, &now.snapshot, project_id);
}

/* That the project is another one now, and the one beside it is not; and puts it back. */
static void check_other(void)
{
    ck_assert(!is_same(PROJECT));
    ck_assert(is_same(OTHER));
    make(&now);
}

START_TEST(a_project_that_was_read_again_is_the_same)
{
    ck_assert(is_same(PROJECT));
    ck_assert(is_same(OTHER));
    /* As they are shared between two changes. */
    now.snapshot.surveys = &before.set;
    ck_assert(is_same(PROJECT));
}
END_TEST

START_TEST(a_setting_makes_another_project)
{
    now.projects[0].publish_min_n = 5;
    check_other();
    now.projects[0].time_zone = "Europe/Madrid";
    check_other();
    now.projects[0].retention_horizon_us = 1;
    check_other();
    now.projects[0].declared[1] = "store";
    check_other();
    now.projects[0].declared[0] = "store";
    check_other();
    now.projects[0].name = "market";
    check_other();
    now.projects[0].organization_id = 4;
    check_other();
}
END_TEST

START_TEST(a_survey_makes_another_project)
{
    now.surveys[1].updated_us++;
    check_other();
    now.surveys[1].version_count++;
    check_other();
    now.surveys[0].is_deleted = true;
    check_other();
    now.surveys[0].key = "c";
    check_other();
    now.of.survey_count = 1;
    check_other();
    now.set.count = 0;
    check_other();
}
END_TEST

START_TEST(a_project_that_is_new_is_another)
{
    before.snapshot.project_count = 1;
    ck_assert(!is_same(OTHER));
    ck_assert(!snapshot_has_same(NULL, &now.snapshot, PROJECT));
    now.snapshot.project_count = 0;
    ck_assert(!is_same(PROJECT));
}
END_TEST

Suite *directory_change_suite(void)
{
    Suite *suite = suite_create("directory_change");
    TCase *tcase = tcase_create("directory_change");
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, a_project_that_was_read_again_is_the_same);
    tcase_add_test(tcase, a_setting_makes_another_project);
    tcase_add_test(tcase, a_survey_makes_another_project);
    tcase_add_test(tcase, a_project_that_is_new_is_another);
    suite_add_tcase(suite, tcase);
    return suite;
}
