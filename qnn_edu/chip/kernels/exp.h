#pragma once
#include "fixed_point.h"

/* Fixed point: Q5.26 is an int32_t that counts in steps of 2^-26, with 5 bits before the point;
   Q0.31 counts in steps of 2^-31. Constants are real numbers times 2^31, rounded. */

/* exp(a) for a from -1/4 to 0, both in Q0.31: Taylor's series around -1/8, to x^4,
   exp(-1/8) * (1 + x + x^2 / 2 + x^3 / 6 + x^4 / 24) with x = a + 1/8. */
static int32_t qnn_exp_from_minus_quarter(int32_t a)
{
    const int32_t exp_eighth = 1895147668, third = 715827883;
    const int32_t x = a + (INT32_C(1) << 28);
    const int32_t x2 = qnn_high_multiply(x, x);
    const int32_t x3 = qnn_high_multiply(x2, x), x4 = qnn_high_multiply(x2, x2);
    const int32_t quarter = (int32_t)qnn_divide_by_power(x4, 2);
    const int32_t sixth = qnn_high_multiply(quarter + x3, third);
    const int32_t half = (int32_t)qnn_divide_by_power(sixth + x2, 1);
    return exp_eighth + qnn_high_multiply(x + half, exp_eighth);
}

/* exp(a) in Q0.31 for a <= 0 in Q5.26: a = r - s with r from -1/4 up to 0 and s a sum of quarters,
   1/4 to 16. exp(r) is multiplied by exp(-2^k) for each bit of s that is set, k from -2 to 4. */
static int32_t qnn_exp_of_negative(int32_t a)
{
    static const int32_t exp_of_steps[7] = {
        1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242,
    };
    const int32_t quarter = INT32_C(1) << 24;
    const int32_t r = (a & (quarter - 1)) - quarter; /* an int32_t is in two's complement */
    const int32_t s = r - a;
    int32_t result = qnn_exp_from_minus_quarter(r * 32);
    for (int32_t k = 0; k < 7; k++) {
        if ((s >> (24 + k)) & 1) {
            result = qnn_high_multiply(result, exp_of_steps[k]);
        }
    }
    return a == 0 ? INT32_MAX : result; /* INT32_MAX is 1 in Q0.31, as near as it goes */
}
