#pragma once
#include "fixed_point.h"

/* acc * M as a whole number, M = multiplier * 2^(shift - 31) with multiplier from 2^30 to 2^31.
   Rounds twice: to whole 2^-shift's, half up, then to a whole number, half away from zero. */
static int32_t qnn_requantize(int32_t acc, int32_t multiplier, int32_t shift)
{
    const int32_t left = shift > 0 ? shift : 0, right = shift < 0 ? -shift : 0;
    const int32_t shifted = qnn_saturate(acc * (INT64_C(1) << left));
    return (int32_t)qnn_divide_by_power(qnn_high_multiply(shifted, multiplier), right);
}
