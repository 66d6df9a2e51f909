/* SPDX-License-Identifier: MIT */
#include "base/decimal.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

/* Where %g writes no exponent and 128 bits hold every product below. */
static const double PLAIN_LEAST = 1e-4;
static const double PLAIN_MOST = 1e15;

enum { DIGITS_MOST = 17, DIGITS_FEWEST = 15, MANTISSA_BITS = 52, EXPONENT_BIAS = 1075 };

static const uint64_t powers_of_5[] = {1,
                                       5,
                                       25,
                                       125,
                                       625,
                                       3125,
                                       15625,
                                       78125,
                                       390625,
                                       1953125,
                                       9765625,
                                       48828125,
                                       244140625,
                                       1220703125,
                                       6103515625,
                                       30517578125,
                                       152587890625,
                                       762939453125,
                                       3814697265625,
                                       19073486328125,
                                       95367431640625,
                                       476837158203125};
static const uint64_t powers_of_10[] = {1, 10, 100};

static size_t write_digits(uint64_t number, char digits[DECIMAL_SIZE])
{
    char reversed[DECIMAL_SIZE];
    size_t size = 0;
    do {
        reversed[size++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    for (size_t i = 0; i < size; i++)
        digits[i] = reversed[size - 1 - i];
    return size;
}

size_t decimal_integer(int64_t value, char text[DECIMAL_SIZE])
{
    size_t sign = value < 0;
    size_t size;
    text[0] = '-';
    size = sign + write_digits(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, text + sign);
    text[size] = '\0';
    return size;
}

/* A double times 10^scale, exactly: a whole number and what is below it, as are the bounds of what reads back as it. */
struct scaled {
    uint128 value;
    uint128 low;  /* above it */
    uint128 high; /* below it */
    unsigned fraction_bits;
    int scale;
};

static struct scaled scale(uint64_t mantissa, int exponent, int by)
{
    uint64_t power = powers_of_5[by];
    /* Two more bits: the bounds lie half way to the neighbours, and the lower one is nearer below a power of two. */
    bool is_power_of_two = mantissa == UINT64_C(1) << MANTISSA_BITS;
    return (struct scaled){.value = (uint128)(mantissa << 2) * power,
                           .low = (uint128)((mantissa << 2) - (is_power_of_two ? 1 : 2)) * power,
                           .high = (uint128)((mantissa << 2) + 2) * power,
                           .fraction_bits = (unsigned)(2 - exponent - by),
                           .scale = by};
}

/* So that the whole number has 17 digits. */
static struct scaled scale_to_digits(double value)
{
    static const uint64_t least = UINT64_C(10000000000000000);
    uint64_t bits;
    struct scaled scaled;
    int exponent;
    int by;
    memcpy(&bits, &value, sizeof bits);
    exponent = (int)(bits >> MANTISSA_BITS) - EXPONENT_BIAS;
    bits = (bits & ((UINT64_C(1) << MANTISSA_BITS) - 1)) | UINT64_C(1) << MANTISSA_BITS;
    /* The logarithm of 2 to base 10 is 0.30103; one too many at most. */
    by = DIGITS_MOST - 1 - (int)floor((exponent + MANTISSA_BITS) * 0.30103);
    scaled = scale(bits, exponent, by);
    if ((uint64_t)(scaled.value >> scaled.fraction_bits) >= least * 10)
        scaled = scale(bits, exponent, by - 1);
    return scaled;
}

/* The nearest number with 17 digits less `dropped`, half to even as printf does; its dropped digits are zeros. */
static uint64_t round_to(const struct scaled *scaled, int dropped)
{
    uint64_t whole = (uint64_t)(scaled->value >> scaled->fraction_bits);
    uint128 unit = (uint128)powers_of_10[dropped] << scaled->fraction_bits;
    uint64_t kept = whole / powers_of_10[dropped];
    uint128 rest = scaled->value - (uint128)kept * unit;
    if (rest * 2 > unit || (rest * 2 == unit && (kept & 1)))
        kept++;
    return kept * powers_of_10[dropped];
}

static bool reads_back(const struct scaled *scaled, uint64_t number)
{
    uint128 placed = (uint128)number << scaled->fraction_bits;
    return placed > scaled->low && placed < scaled->high;
}

static uint64_t shortest(const struct scaled *scaled)
{
    uint64_t shorter = round_to(scaled, DIGITS_MOST - DIGITS_FEWEST);
    uint64_t number = round_to(scaled, 1);
    if (!reads_back(scaled, number))
        return round_to(scaled, 0);
    return reads_back(scaled, shorter) ? shorter : number;
}

/* number / 10^scale */
static size_t place_point(uint64_t number, int scale, char *text)
{
    char digits[DECIMAL_SIZE];
    int size = (int)write_digits(number, digits);
    int whole = size - scale; /* digits before the point */
    char *at = text;
    while (size > whole && size > 1 && digits[size - 1] == '0')
        size--;
    if (whole <= 0) {
        *at++ = '0';
        *at++ = '.';
        memset(at, '0', (size_t)-whole);
        at += -whole;
        whole = 0;
    } else {
        memcpy(at, digits, (size_t)whole);
        at += whole;
        if (size > whole)
            *at++ = '.';
    }
    memcpy(at, digits + whole, (size_t)(size - whole));
    at += size - whole;
    *at = '\0';
    return (size_t)(at - text);
}

/* 17 digits always read back, and of 15 that do the 16th is no news. */
static size_t print(double value, char text[DECIMAL_SIZE])
{
    char shorter[DECIMAL_SIZE];
    int size = snprintf(text, DECIMAL_SIZE, "%.16g", value);
    if (strtod(text, NULL) != value)
        return (size_t)snprintf(text, DECIMAL_SIZE, "%.17g", value);
    snprintf(shorter, sizeof shorter, "%.15g", value);
    if (strtod(shorter, NULL) != value)
        return (size_t)size;
    return (size_t)snprintf(text, DECIMAL_SIZE, "%s", shorter);
}

/* A reply about numbers holds thousands: printf and back again would be most of what it costs. */
size_t decimal_double(double value, char text[DECIMAL_SIZE])
{
    double size = fabs(value);
    size_t sign = signbit(value) != 0;
    struct scaled scaled;
    text[0] = '-';
    if (size < PLAIN_MOST && size == floor(size)) {
        size_t length = sign + write_digits((uint64_t)size, text + sign);
        text[length] = '\0';
        return length;
    }
    if (size < PLAIN_LEAST || size >= PLAIN_MOST)
        return print(value, text);
    scaled = scale_to_digits(size);
    return sign + place_point(shortest(&scaled), scaled.scale, text + sign);
}
