#pragma once
#include "clamp.h"
#include "requantize.h"

/* The numbers of a change of scale. */
typedef struct {
    int32_t size;
    int32_t x_zero_point, y_zero_point;
    int32_t multiplier, shift;
    int32_t lowest, highest;
} qnn_scales;

/* QUANTIZE, RELU and RELU6: q_y = clamp(round(M * (q_x - Z_x)) + Z_y), M = S_x / S_y. RELU's lowest
   is Z_y, the integer of 0; RELU6's highest is the integer of 6. */
static void qnn_rescale(const qnn_scales *layer, const qnn_value *x, qnn_value *y)
{
    for (int32_t n = 0; n < layer->size; n++) {
        const int64_t whole =
            qnn_requantize(x[n] - layer->x_zero_point, layer->multiplier, layer->shift);
        y[n] = qnn_clamp(whole + layer->y_zero_point, layer->lowest, layer->highest);
    }
}
