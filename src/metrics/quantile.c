/* SPDX-License-Identifier: MIT */
#include "metrics/quantile.h"

#include "metrics/tail.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#define STEPS       100 /* more than any search was seen to take */
#define EXPANDED_DF 2000
#define EXPANDED_Z  4
#define POLISHED_DF 20
#define POLISHED    1e-7

/* Wichura's algorithm AS 241 (Applied Statistics 37, 1988), routine PPND16: three ratios of polynomials of degree 7. */
static const double near[2][8] = {
    {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3},
    {1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
     3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3},
};
static const double middle[2][8] = {
    {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
     1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9},
};
static const double far[2][8] = {
    {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7},
    {1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
     1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15},
};

static double ratio(const double polynomials[2][8], double x)
{
    double above = 0;
    double below = 0;

    for (int i = 7; i >= 0; i--) {
        above = above * x + polynomials[0][i];
        below = below * x + polynomials[1][i];
    }
    return above / below;
}

double quantile_normal(double p)
{
    double q = p - 0.5;

    if (fabs(q) <= 0.425)
        return q * ratio(near, 0.180625 - q * q);
    double r = sqrt(-log(q < 0 ? p : 1 - p));
    double z = r <= 5 ? ratio(middle, r - 1.6) : ratio(far, r - 5);
    return q < 0 ? -z : z;
}

/* The first correction of the normal quantile, Abramowitz and Stegun 26.7.5: where the search begins. */
static double student_guess(double z, double df)
{
    return z * (1 + (z * z + 1) / (4 * df));
}

/* Wilson and Hilferty 1931: the cube root of chi-square is nearly normal. Where this search begins. */
static double chi_square_guess(double z, double df)
{
    double root = 1 - 2 / (9 * df) + z * sqrt(2 / (9 * df));

    return df * fmax(root * root * root, 0.01);
}

static double lower_chi_square(double x, double df)
{
    return 1 - tail_chi_square(x, df);
}

/* A point of the search: how far the logarithm of the probability at e^u is from the wanted one. */
struct point {
    double u;
    double error;
};

struct search {
    double (*probability)(double x, double df); /* falls, or rises, all the way */
    double df;
    double wanted;
};

static struct point point_at(const struct search *search, double u)
{
    double probability = search->probability(exp(u), search->df);

    return (struct point){u, log(fmax(probability, DBL_MIN)) - log(search->wanted)};
}

/* Goes from the guess in growing steps until the error changes sign. */
static bool bracket(const struct search *search, double guess, struct point *a, struct point *b)
{
    double step = 0.01;

    *a = point_at(search, guess);
    *b = point_at(search, guess + step);
    for (int i = 0; i < STEPS && (a->error > 0) == (b->error > 0); i++) {
        step *= 2;
        if (fabs(a->error) < fabs(b->error))
            *a = point_at(search, a->u - step);
        else
            *b = point_at(search, b->u + step);
    }
    return (a->error > 0) != (b->error > 0);
}

/* The x where the probability is the wanted one, by the Illinois method (Dowell and Jarratt 1971): the straight line
 * between two points of different sign, the error at a point that stays halved. In logarithms both tails are nearly
 * straight, so that a handful of steps do. */
static double solve(const struct search *search, double guess)
{
    struct point a;
    struct point b;

    if (!bracket(search, log(guess), &a, &b))
        return NAN;
    for (int i = 0; i < STEPS && b.error != 0 && fabs(b.u - a.u) > DBL_EPSILON * fmax(fabs(b.u), 1); i++) {
        struct point next = point_at(search, b.u - b.error * (b.u - a.u) / (b.error - a.error));
        if ((next.error > 0) == (b.error > 0))
            a.error /= 2;
        else
            a = b;
        b = next;
    }
    return exp(b.u);
}

/* All terms of Abramowitz and Stegun 26.7.5. The next one would be below 1e-15 of the sum from EXPANDED_DF on, up to
 * EXPANDED_Z; a search takes a hundred times as long. */
static double student_expanded(double z, double df)
{
    double s = z * z;
    double first = (s + 1) / 4;
    double second = ((5 * s + 16) * s + 3) / 96;
    double third = (((3 * s + 19) * s + 17) * s - 15) / 384;
    double fourth = ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) / 92160;

    return z * (1 + (first + (second + (third + fourth / df) / df) / df) / df);
}

/* Of Student's t, to some millionth of it: the quotient of gamma functions in front by its asymptotic series. */
static double student_density(double t, double df)
{
    double front = 1 + (-0.25 + (0.03125 + 0.0390625 / df) / df) / df;

    return front / sqrt(2 * acos(-1)) * exp(-(df + 1) / 2 * log1p(t * t / df));
}

/* Newton's method from there, once or twice: the error is squared each time, so that after a step of less than POLISHED none is left. A
 * search takes ten times as long. */
static double student_polished(double z, double df, double upper)
{
    double t = student_expanded(z, df);
    double step;

    do {
        step = (tail_student(t, df) - upper) / student_density(t, df);
        t += step;
    } while (fabs(step) > POLISHED * t);
    return t;
}

double quantile_student(double p, double df)
{
    double upper = fmin(p, 1 - p);
    double sign = p < 0.5 ? -1 : 1;

    if (upper == 0.5)
        return 0;
    double z = -quantile_normal(upper);
    if (df >= EXPANDED_DF && z <= EXPANDED_Z)
        return sign * student_expanded(z, df);
    if (df >= POLISHED_DF && z <= EXPANDED_Z)
        return sign * student_polished(z, df, upper);
    return sign * solve(&(struct search){tail_student, df, upper}, student_guess(z, df));
}

double quantile_chi_square(double p, double df)
{
    double guess = chi_square_guess(quantile_normal(p), df);

    /* the smaller tail has the digits */
    if (p < 0.5)
        return solve(&(struct search){lower_chi_square, df, p}, guess);
    return solve(&(struct search){tail_chi_square, df, 1 - p}, guess);
}
