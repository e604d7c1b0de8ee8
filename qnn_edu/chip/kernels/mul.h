#pragma once
#include "clamp.h"
#include "pairs.h"
#include "requantize.h"

/* A product's numbers. */
typedef struct {
    qnn_pairs pairs;
    int32_t a_zero_point, b_zero_point, y_zero_point;
    int32_t multiplier, shift;
    int32_t lowest, highest;
} qnn_product;

/* MUL: q_y = clamp(round(M * (q_a - Z_a) * (q_b - Z_b)) + Z_y), M = S_a * S_b / S_y. */
static qnn_value qnn_times(const void *layer, int32_t a, int32_t b)
{
    const qnn_product *w = (const qnn_product *)layer;
    const int32_t product = (a - w->a_zero_point) * (b - w->b_zero_point);
    const int64_t whole = qnn_requantize(product, w->multiplier, w->shift);
    return qnn_clamp(whole + w->y_zero_point, w->lowest, w->highest);
}

static void qnn_mul(const qnn_product *layer, const qnn_value *a, const qnn_value *b,
                    qnn_value *y)
{
    qnn_each_pair(&layer->pairs, layer, qnn_times, a, b, y);
}
