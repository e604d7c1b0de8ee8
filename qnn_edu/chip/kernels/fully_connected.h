#pragma once
#include "clamp.h"

/* A dense layer's numbers. bias, high, low and shift have one entry an output; bias may be 0. */
typedef struct {
    int32_t rows, inputs, outputs;
    int32_t x_zero_point, w_zero_point, y_zero_point;
    int32_t lowest, highest;
    const qnn_value *weights;
    const int32_t *bias, *high, *low;
    const int8_t *shift;
} qnn_dense;

/* acc * M as a whole number, rounded half away from zero, M = (high * 2^31 + low) / 2^(31 + shift).

   LiteRT's kernel computes round(acc * M) in float64, which has 53 bits. M has no more: high is its
   first 22 bits, low the other 31. The product has up to 84, and top * 2^31 + rest is all of them.
   Rounded to 53, a product just below a tie becomes the tie if it misses it by no more than half
   of its last bit. So that half is added first; a product that is not as near does not notice. */
static int64_t qnn_multiply_float64(int32_t acc, int32_t high, int32_t low, int32_t shift)
{
    const uint64_t magnitude = (uint64_t)(acc < 0 ? -(int64_t)acc : acc);
    const uint64_t bottom = magnitude * (uint64_t)low; /* below 2^62 */
    uint64_t top = magnitude * (uint64_t)high + (bottom >> 31); /* below 2^54 */
    uint64_t rest = bottom & INT32_MAX;
    int32_t bits = 0; /* of top; the product has 31 more */
    while (top >> bits) {
        bits++;
    }
    if (bits > 22) {
        rest += UINT64_C(1) << (bits - 23);
    }
    top += rest >> 31;
    const int64_t whole = (int64_t)((top + (UINT64_C(1) << (shift - 1))) >> shift);
    return acc < 0 ? -whole : whole;
}

/* FULLY_CONNECTED: q_y = clamp(round(M * (sum (q_x - Z_x) (q_w - Z_w) + bias)) + Z_y), where
   M = S_x * S_w / S_y. weights[output][input]. */
static void qnn_fully_connected(const qnn_dense *layer, const qnn_value *x, qnn_value *y)
{
    for (int32_t row = 0; row < layer->rows; row++, x += layer->inputs) {
        const qnn_value *weight = layer->weights;
        for (int32_t out = 0; out < layer->outputs; out++, weight += layer->inputs) {
            int32_t acc = layer->bias ? layer->bias[out] : 0;
            for (int32_t in = 0; in < layer->inputs; in++) {
                acc += (x[in] - layer->x_zero_point) * (weight[in] - layer->w_zero_point);
            }
            const int64_t whole =
                qnn_multiply_float64(acc, layer->high[out], layer->low[out], layer->shift[out]);
            *y++ = qnn_clamp(whole + layer->y_zero_point, layer->lowest, layer->highest);
        }
    }
}
