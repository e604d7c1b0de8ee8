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
static void qnn_prelu(const qnn_slopes *layer, const qnn_value *a, const qnn_value *b,
                      qnn_value *y)
{
    const qnn_pairs *w = &layer->pairs;
    for (int32_t block = 0; block < w->blocks; block++) {
        const qnn_value *p = a + qnn_first_of(w, block, w->a_steps);
        const qnn_value *q = b + qnn_first_of(w, block, w->b_steps);
        for (int32_t n = 0; n < w->count; n++, p += w->a_step, q += w->b_step) {
            const int32_t over = *p - layer->a_zero_point;
            const int64_t whole =
                over >= 0 ? qnn_requantize(over, layer->multiplier, layer->shift)
                          : qnn_requantize(over * (*q - layer->b_zero_point),
                                           layer->b_multiplier, layer->b_shift);
            *y++ = qnn_clamp(whole + layer->y_zero_point, layer->lowest, layer->highest);
        }
    }
}
