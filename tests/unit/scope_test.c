/* SPDX-License-Identifier: MIT */
#include "base/scope.h"

#include "support/runner.h"

/* What a key may do, by its scope: the table of the documentation. */

START_TEST(a_scope_holds_what_the_table_says)
{
    static const bool holds[5][5] = {
        /* wanted:     none  write  metrics read   admin */
        [SCOPE_NONE] = {true, false, false, false, false},   [SCOPE_WRITE] = {true, true, false, false, false},
        [SCOPE_METRICS] = {true, false, true, false, false}, [SCOPE_READ] = {true, false, true, true, false},
        [SCOPE_ADMIN] = {true, true, true, true, true},
    };
    for (int held = SCOPE_NONE; held <= SCOPE_ADMIN; held++)
        for (int wanted = SCOPE_NONE; wanted <= SCOPE_ADMIN; wanted++)
            ck_assert_msg(scope_holds((enum scope)held, (enum scope)wanted) == holds[held][wanted], "%d %d", held,
                          wanted);
}
END_TEST

START_TEST(a_scope_has_a_name)
{
    static const char *const names[] = {"write", "metrics", "read", "admin"};
    enum scope scope;
    for (int i = 0; i < 4; i++) {
        ck_assert(scope_parse(names[i], &scope));
        ck_assert_int_eq(scope, SCOPE_WRITE + i);
        ck_assert_str_eq(scope_name(scope), names[i]);
    }
    ck_assert(!scope_parse("none", &scope));
    ck_assert(!scope_parse("Admin", &scope));
    ck_assert(!scope_parse("", &scope));
}
END_TEST

Suite *scope_suite(void)
{
    return RUNNER_SUITE("scope", a_scope_holds_what_the_table_says, a_scope_has_a_name);
}
