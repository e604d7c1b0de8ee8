#pragma once
#include <stdint.h>

/* The nearest number that an int32_t holds. */
static int32_t qnn_saturate(int64_t x)
{
    return (int32_t)(x < INT32_MIN ? INT32_MIN : x > INT32_MAX ? INT32_MAX : x);
}

/* floor(x / 2^n). C99 leaves it to the compiler what x >> n makes of a negative x, so only numbers
   that are not negative are shifted here: floor(x / 2^n) = -1 - floor((-1 - x) / 2^n). */
static int64_t qnn_shift_right(int64_t x, int32_t n)
{
    return x >= 0 ? x >> n : -1 - ((-1 - x) >> n);
}

/* a * b / 2^31, rounded half up. */
static int32_t qnn_high_multiply(int32_t a, int32_t b)
{
    return (int32_t)qnn_shift_right((int64_t)a * b + (INT64_C(1) << 30), 31);
}

/* x / 2^n, rounded half away from zero. */
static int64_t qnn_divide_by_power(int64_t x, int32_t n)
{
    const int64_t half = (INT64_C(1) << n) >> 1; /* 0 for n = 0 */
    return x >= 0 ? (x + half) >> n : -((half - x) >> n);
}
