#pragma once
#include "clamp.h"
#include "pairs.h"
#include "requantize.h"

/* A bend's numbers; b holds the slopes below 0. */
typedef struct {
    qnn_pairs pairs;
    int32_t a_zero_point, b_zero_point, y_zero_point;
    int32_t multiplier, shift, b_multiplier, b_shift;
    int32_t lowest, highest;
} qnn_slopes;

/* PRELU: q_y = clamp(round(M * (q_a - Z_a)) + Z_y) with M = S_a / S_y from Z_a up, and below it
   q_y = clamp(round(M * (q_a - Z_a) * (q_b - Z_b)) + Z_y) with M = S_a * S_b / S_y. */
static qnn_value qnn_bent(const void *layer, int32_t a, int32_t b)
{
    const qnn_slopes *w = (const qnn_slopes *)layer;
    const int32_t over = a - w->a_zero_point;
    const int64_t whole =
        over >= 0 ? qnn_requantize(over, w->multiplier, w->shift)
                  : qnn_requantize(over * (b - w->b_zero_point), w->b_multiplier, w->b_shift);
    return qnn_clamp(whole + w->y_zero_point, w->lowest, w->highest);
}

static void qnn_prelu(const qnn_slopes *layer, const qnn_value *a, const qnn_value *b,
                      qnn_value *y)
{
    qnn_each_pair(&layer->pairs, layer, qnn_bent, a, b, y);
}
