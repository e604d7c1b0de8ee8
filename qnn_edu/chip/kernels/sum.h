#pragma once
#include "clamp.h"
#include "pairs.h"
#include "requantize.h"

/* A sum's numbers. */
typedef struct {
    qnn_pairs pairs;
    int32_t a_zero_point, b_zero_point, y_zero_point;
    int32_t a_multiplier, b_multiplier, y_multiplier;
    int32_t a_shift, b_shift, y_shift;
    int32_t lowest, highest;
} qnn_sum;

/* Both are brought to one scale, 2 * max(S_a, S_b) / 2^20, and added there, b times sign; the sum
   is brought to S_y: q_y = clamp(round(M_y * (round(M_a * 2^20 * (q_a - Z_a)) + ...)) + Z_y). */
static qnn_value qnn_sum_of(const qnn_sum *layer, int32_t a, int32_t b, int32_t sign)
{
    const int32_t one = INT32_C(1) << 20;
    const int32_t u = (a - layer->a_zero_point) * one, v = (b - layer->b_zero_point) * one;
    const int32_t sum = qnn_requantize(u, layer->a_multiplier, layer->a_shift) +
                        qnn_requantize(v, layer->b_multiplier, layer->b_shift) * sign;
    const int64_t whole = qnn_requantize(sum, layer->y_multiplier, layer->y_shift);
    return qnn_clamp(whole + layer->y_zero_point, layer->lowest, layer->highest);
}
