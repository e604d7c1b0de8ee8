#pragma once
#include "shifts.h"

/* The nearest number that an int32_t holds. */
static int32_t qnn_saturate(int64_t x)
{
    return (int32_t)(x < INT32_MIN ? INT32_MIN : x > INT32_MAX ? INT32_MAX : x);
}

/* a * b / 2^31, rounded half up. */
static int32_t qnn_high_multiply(int32_t a, int32_t b)
{
    return (int32_t)qnn_shift_right((int64_t)a * b + (INT64_C(1) << 30), 31);
}
