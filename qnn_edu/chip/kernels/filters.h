#pragma once
#include "clamp.h"
#include "requantize.h"
#include "window.h"

/* A convolution's numbers. channels is how many channels of a pixel a filter meets: all, those of
   its group, or one. bias, multiplier and shift have one entry a filter; bias may be 0. */
typedef struct {
    qnn_window window;
    int32_t channels;
    int32_t x_zero_point, w_zero_point, y_zero_point;
    int32_t lowest, highest;
    const qnn_value *weights;
    const int32_t *bias, *multiplier;
    const int8_t *shift;
} qnn_filters;

/* From a sum of products to 8 bits: q_y = clamp(round(M * acc) + Z_y), M = S_x * S_w / S_y. */
static qnn_value qnn_finish(const qnn_filters *layer, int32_t acc, int32_t filter)
{
    const int64_t whole = qnn_requantize(acc, layer->multiplier[filter], layer->shift[filter]);
    return qnn_clamp(whole + layer->y_zero_point, layer->lowest, layer->highest);
}
