#pragma once
#include "clamp.h"
#include "requantize.h"

/* A mean's numbers: x is x[outer][count][inner], and the middle goes. */
typedef struct {
    int32_t outer, count, inner;
    int32_t x_zero_point, y_zero_point;
    int32_t multiplier, shift;
    int32_t lowest, highest;
} qnn_reduction;

/* MEAN: q_y = clamp(round(M * sum (q_x - Z_x)) + Z_y), M = S_x / (count * S_y). */
static void qnn_mean(const qnn_reduction *layer, const qnn_value *x, qnn_value *y)
{
    for (int32_t o = 0; o < layer->outer; o++, x += layer->count * layer->inner) {
        for (int32_t i = 0; i < layer->inner; i++) {
            int32_t acc = 0;
            for (int32_t n = 0; n < layer->count; n++) {
                acc += x[n * layer->inner + i] - layer->x_zero_point;
            }
            const int64_t whole = qnn_requantize(acc, layer->multiplier, layer->shift);
            *y++ = qnn_clamp(whole + layer->y_zero_point, layer->lowest, layer->highest);
        }
    }
}
