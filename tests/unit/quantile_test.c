/* SPDX-License-Identifier: MIT */
#include "metrics/quantile.h"

#include "metrics/tail.h"
#include "support/runner.h"

#include <math.h>

/* All reference values are R 4.2.2's, printed by sprintf("%.16g", ...). */
struct reference {
    double x;
    double df;
    double want;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void check(const char *name, double got, const struct reference *reference, double relative_error)
{
    ck_assert_msg(fabs(got - reference->want) <= relative_error * fabs(reference->want),
                  "%s(%.16g, %.16g) is %.16g, not %.16g", name, reference->x, reference->df, got, reference->want);
}

/* R: qnorm(x) */
START_TEST(normal_quantile_agrees_with_r)
{
    static const struct reference references[] = {
        {1e-300, 0, -37.0470962993612}, {1e-12, 0, -7.034483825301132},  {0.001, 0, -3.090232306167813},
        {0.025, 0, -1.959963984540054}, {0.0749, 0, -1.440238267527963}, {0.0751, 0, -1.43882539275254},
        {0.3, 0, -0.5244005127080407},  {0.9, 0, 1.281551565544601},     {0.975, 0, 1.959963984540054},
        {0.9995, 0, 3.290526731491926},
    };
    for (size_t i = 0; i < COUNT(references); i++)
        check("quantile_normal", quantile_normal(references[i].x), &references[i], 1e-15);
    ck_assert(quantile_normal(0.5) == 0);
}
END_TEST

/* R: pnorm(x, lower.tail = FALSE) */
START_TEST(normal_tail_agrees_with_r)
{
    static const struct reference references[] = {
        {-3, 0, 0.9986501019683699},
        {-0.5, 0, 0.691462461274013},
        {0, 0, 0.5},
        {1, 0, 0.158655253931457},
        {1.959963984540054, 0, 0.02500000000000001},
        {3, 0, 0.001349898031630095},
        {6, 0, 9.865876450376981e-10},
        {10, 0, 7.619853024160527e-24},
        {30, 0, 4.906713927148187e-198},
    };
    for (size_t i = 0; i < COUNT(references); i++)
        check("tail_normal", tail_normal(references[i].x), &references[i], 2e-13);
}
END_TEST

/* R: qt(x, df) */
START_TEST(student_quantile_agrees_with_r)
{
    static const struct reference references[] = {
        {0.975, 1, 12.70620473617469},      {0.95, 2, 2.919985580353724},       {0.995, 2.5, 7.163728138948803},
        {0.975, 5, 2.570581835636314},      {0.9, 9, 1.383028738396632},        {0.025, 29, -2.045229642132704},
        {0.0005, 40.5, -3.547530013982727}, {0.975, 249, 1.96953686764035},     {0.995, 2999.5, 2.577469408353192},
        {0.975, 3000.5, 1.960754923447015}, {0.95, 100000, 1.644868864784969},  {0.975, 1000000000, 1.959963986912325},
        {1e-10, 7, -53.83557948467375},     {0.499, 12, -0.002559339285096823},
    };
    for (size_t i = 0; i < COUNT(references); i++)
        check("quantile_student", quantile_student(references[i].x, references[i].df), &references[i], 1e-13);
    ck_assert(quantile_student(0.5, 3) == 0);
    ck_assert(isnan(quantile_student(0.9, NAN)));
}
END_TEST

/* R: pt(x, df, lower.tail = FALSE) */
START_TEST(student_tail_agrees_with_r)
{
    static const struct reference references[] = {
        {-1.5, 4, 0.8960000000000001},      {0.001, 1, 0.4996816902199194},      {2, 1, 0.1475836176504332},
        {1, 2, 0.2113248654051871},         {12, 2.5, 0.001418107515039161},     {1.7, 9.99, 0.05999991757937387},
        {2.5, 40, 0.008310176415489607},    {0.5, 41.3, 0.3098644181003116},     {3, 250, 0.001486331045588829},
        {2, 2999.5, 0.02279513903784022},   {8, 2999.5, 8.802334644924458e-16},  {2, 3000.5, 0.02279512403560848},
        {8, 3000.5, 8.801330584846413e-16}, {4, 1000000, 3.167351700502394e-05},
    };
    for (size_t i = 0; i < COUNT(references); i++)
        check("tail_student", tail_student(references[i].x, references[i].df), &references[i], 5e-13);
}
END_TEST

/* R: qchisq(x, df) */
START_TEST(chi_square_quantile_agrees_with_r)
{
    static const struct reference references[] = {
        {0.95, 1, 3.841458820694124},      {0.95, 2, 5.99146454710798},     {0.99, 4, 13.27670413598762},
        {0.001, 1, 1.57079714926249e-06},  {0.05, 3.5, 0.520068710844813},  {0.5, 10, 9.341817765591969},
        {0.999999, 20, 65.42068103496962}, {0.025, 100, 74.22192747492372}, {0.95, 2000, 2105.154236164641},
    };
    for (size_t i = 0; i < COUNT(references); i++)
        check("quantile_chi_square", quantile_chi_square(references[i].x, references[i].df), &references[i], 1e-12);
}
END_TEST

/* R: pchisq(x, df, lower.tail = FALSE) */
START_TEST(chi_square_tail_agrees_with_r)
{
    static const struct reference references[] = {
        {0.001, 1, 0.9747728793699604},      {3.841458820694124, 1, 0.04999999999999998},
        {30, 1, 4.320463057827497e-08},      {5, 2, 0.0820849986238988},
        {1, 4, 0.9097959895689501},          {20, 3.5, 0.0002981528050675141},
        {9, 10, 0.5321035763747156},         {100, 10, 5.44970198292053e-17},
        {90, 100, 0.7531979655998298},       {2100, 2000, 0.05867111137731809},
        {2500, 2000, 1.074008023138618e-13},
    };
    for (size_t i = 0; i < COUNT(references); i++)
        check("tail_chi_square", tail_chi_square(references[i].x, references[i].df), &references[i], 1e-12);
    ck_assert(tail_chi_square(0, 3) == 1);
}
END_TEST

START_TEST(chi_square_of_one_degree_is_a_squared_normal)
{
    for (int i = 1; i < 60; i++) {
        double z = i / 10.0;
        ck_assert_double_eq_tol(tail_chi_square(z * z, 1), 2 * tail_normal(z), 1e-14);
    }
}
END_TEST

START_TEST(quantiles_and_tails_undo_each_other)
{
    static const double degrees[] = {1, 1.7, 2, 10, 29.5, 500, 2999, 3000, 1e7};
    for (int step = 1; step < 1000; step++) {
        double p = step / 1000.0;
        ck_assert_double_eq_tol(tail_normal(-quantile_normal(p)), p, 1e-14);
        for (size_t i = 0; i < COUNT(degrees); i++)
            ck_assert_double_eq_tol(tail_student(-quantile_student(p, degrees[i]), degrees[i]), p, 1e-13);
        for (size_t i = 0; i < 6; i++)
            ck_assert_double_eq_tol(tail_chi_square(quantile_chi_square(p, degrees[i]), degrees[i]), 1 - p, 1e-12);
    }
}
END_TEST

/* The two ways to compute the tail meet at 3,000 degrees of freedom: no step may be seen there. */
START_TEST(student_tail_has_no_step_where_its_method_changes)
{
    for (int i = 1; i < 80; i++) {
        double t = i / 10.0;
        double below = tail_student(t, 3000 * (1 - 1e-12));
        double above = tail_student(t, 3000);
        ck_assert_double_eq_tol(below / above, 1, 5e-13);
    }
}
END_TEST

/* By each of the ways: search, Newton's method, expansion. The tail knows nothing of how the quantile is found; from its own change of
 * method on it is exact to 1e-15. */
START_TEST(student_quantile_of_many_degrees_is_exact)
{
    static const double degrees[] = {19.9,   20,   23.5, 40,   77.7, 150,  444, 999, 1500.5, 1999,
                                     1999.9, 2000, 2001, 2999, 3000, 4321, 1e5, 1e7, 1e12};
    for (size_t i = 0; i < sizeof degrees / sizeof *degrees; i++)
        for (int step = 0; step < 294; step++) {
            double p = 0.5001 + step * 0.0017;
            ck_assert_double_eq_tol(tail_student(quantile_student(p, degrees[i]), degrees[i]) / (1 - p), 1, 2e-12);
        }
}
END_TEST

/* Beyond where the expansion is exact it is searched for. */
START_TEST(student_quantile_of_many_degrees_is_exact_far_out)
{
    static const double tails[] = {3e-5, 1e-6, 1e-9, 1e-12};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        double quantile = quantile_student(tails[i], 3000);
        ck_assert_double_lt(quantile, -4);
        ck_assert_double_eq_tol(tail_student(-quantile, 3000) / tails[i], 1, 2e-12);
        ck_assert_double_eq_tol(tail_student(-quantile_student(tails[i], 100), 100) / tails[i], 1, 2e-12);
    }
}
END_TEST

START_TEST(tail_of_no_number_is_none)
{
    ck_assert(isnan(tail_chi_square(NAN, 3)));
    ck_assert_double_eq(tail_chi_square(0, 3), 1);
    ck_assert_double_eq(tail_chi_square(-1, 3), 1);
}
END_TEST

Suite *quantile_suite(void)
{
    return RUNNER_SUITE("quantile", normal_quantile_agrees_with_r, normal_tail_agrees_with_r,
                        student_quantile_agrees_with_r, student_tail_agrees_with_r, chi_square_quantile_agrees_with_r,
                        chi_square_tail_agrees_with_r, chi_square_of_one_degree_is_a_squared_normal,
                        quantiles_and_tails_undo_each_other, student_tail_has_no_step_where_its_method_changes,
                        student_quantile_of_many_degrees_is_exact, tail_of_no_number_is_none,
                        student_quantile_of_many_degrees_is_exact_far_out);
}
