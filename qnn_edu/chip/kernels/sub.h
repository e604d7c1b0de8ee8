#pragma once
#include "clamp.h"
#include "requantize.h"
#include "sum.h"

/* SUB: as ADD, with b taken away. */
static void qnn_sub(const qnn_sum *layer, const qnn_value *a, const qnn_value *b,
                    qnn_value *y)
{
    const int32_t one = INT32_C(1) << 20;
    for (int32_t n = 0; n < layer->size; n++) {
        const int32_t u = (a[n % layer->a_size] - layer->a_zero_point) * one;
        const int32_t v = (b[n % layer->b_size] - layer->b_zero_point) * one;
        const int32_t sum = qnn_requantize(u, layer->a_multiplier, layer->a_shift) -
                            qnn_requantize(v, layer->b_multiplier, layer->b_shift);
        const int64_t whole = qnn_requantize(sum, layer->y_multiplier, layer->y_shift);
        y[n] = qnn_clamp(whole + layer->y_zero_point, layer->lowest, layer->highest);
    }
}
