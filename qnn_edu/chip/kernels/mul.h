#pragma once
#include "clamp.h"
#include "requantize.h"

/* A product's numbers. a and b have size values each, or fewer, which are then used repeatedly. */
typedef struct {
    int32_t size, a_size, b_size;
    int32_t a_zero_point, b_zero_point, y_zero_point;
    int32_t multiplier, shift;
    int32_t lowest, highest;
} qnn_product;

/* MUL: q_y = clamp(round(M * (q_a - Z_a) * (q_b - Z_b)) + Z_y), M = S_a * S_b / S_y. */
static void qnn_mul(const qnn_product *layer, const qnn_value *a, const qnn_value *b,
                    qnn_value *y)
{
    for (int32_t n = 0; n < layer->size; n++) {
        const int32_t product = (a[n % layer->a_size] - layer->a_zero_point) *
                                (b[n % layer->b_size] - layer->b_zero_point);
        const int64_t whole = qnn_requantize(product, layer->multiplier, layer->shift);
        y[n] = qnn_clamp(whole + layer->y_zero_point, layer->lowest, layer->highest);
    }
}
