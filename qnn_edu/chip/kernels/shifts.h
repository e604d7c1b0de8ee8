#pragma once
#include <stdint.h>

/* floor(x / 2^n). C99 leaves it to the compiler what x >> n makes of a negative x, so only numbers
   that are not negative are shifted here: floor(x / 2^n) = -1 - floor((-1 - x) / 2^n). */
static int64_t qnn_shift_right(int64_t x, int32_t n)
{
    return x >= 0 ? x >> n : -1 - ((-1 - x) >> n);
}

/* x / 2^n, rounded half away from zero. */
static int64_t qnn_divide_by_power(int64_t x, int32_t n)
{
    const int64_t half = (INT64_C(1) << n) >> 1; /* 0 for n = 0 */
    return x >= 0 ? (x + half) >> n : -((half - x) >> n);
}
