/* SPDX-License-Identifier: MIT */
#include "generated/query_names.h"
#include "support/database.h"
#include "support/runner.h"
#include "tenant.h"

#include <ctype.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

/* The highest $n of a statement, outside of its comments. */
static int highest_parameter(const char *sql)
{
    int highest = 0;
    for (const char *c = sql; *c; c++) {
        if (c[0] == '-' && c[1] == '-') {
            c += strcspn(c, "\n");
            if (*c == '\0')
                break;
        } else if (c[0] == '$' && isdigit((unsigned char)c[1])) {
            int number = atoi(c + 1);
            highest = number > highest ? number : highest;
        }
    }
    return highest;
}

START_TEST(every_statement_prepares_and_uses_all_its_parameters)
{
    struct tenant tenant;
    PGconn *pg;
    tenant_open(&tenant, NULL);
    pg = PQconnectdb(test_database_url());
    for (int i = 0; i < QUERY_COUNT; i++) {
        PGresult *result = PQprepare(pg, query_texts[i].name, query_texts[i].sql, 0, NULL);
        ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s: %s", query_texts[i].name,
                      PQresultErrorMessage(result));
        PQclear(result);
        result = PQdescribePrepared(pg, query_texts[i].name);
        ck_assert_msg(PQnparams(result) == highest_parameter(query_texts[i].sql), "%s: %d parameters",
                      query_texts[i].name, PQnparams(result));
        PQclear(result);
    }
    PQfinish(pg);
    tenant_close(&tenant);
}
END_TEST

/* A parameter whose type nobody says is taken as text, and a binary number is then read as garbage. */
START_TEST(no_parameter_is_taken_as_text_by_default)
{
    enum { TEXT_OID = 25 };
    struct tenant tenant;
    PGconn *pg;
    tenant_open(&tenant, NULL);
    pg = PQconnectdb(test_database_url());
    for (int i = 0; i < QUERY_COUNT; i++) {
        PGresult *result;
        PQclear(PQprepare(pg, query_texts[i].name, query_texts[i].sql, 0, NULL));
        result = PQdescribePrepared(pg, query_texts[i].name);
        for (int n = 0; n < PQnparams(result); n++) {
            char cast[24];
            snprintf(cast, sizeof cast, "$%d::text", n + 1);
            ck_assert_msg(PQparamtype(result, n) != TEXT_OID || strstr(query_texts[i].sql, cast) != NULL,
                          "%s: $%d is text and nobody says so", query_texts[i].name, n + 1);
        }
        PQclear(result);
    }
    PQfinish(pg);
    tenant_close(&tenant);
}
END_TEST

Suite *query_suite(void)
{
    return RUNNER_SUITE("queries", every_statement_prepares_and_uses_all_its_parameters,
                        no_parameter_is_taken_as_text_by_default);
}
