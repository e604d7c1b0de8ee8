#pragma once
#include "pool.h"

/* MAX_POOL_2D: q_y = clamp(max q_x); padding is never the largest. */
static void qnn_max_pool_2d(const qnn_pool *layer, const qnn_value *x, qnn_value *y)
{
    const qnn_window *w = &layer->window;
    for (int32_t row = 0; row < w->images * w->out_height; row++) {
        for (int32_t column = 0; column < w->out_width; column++) {
            for (int32_t c = 0; c < w->out_channels; c++) {
                int32_t largest = layer->lowest;
                for (int32_t i = 0; i < w->kernel_height; i++) {
                    for (int32_t j = 0; j < w->kernel_width; j++) {
                        const qnn_value *pixel = qnn_pixel(w, x, row, column, i, j);
                        largest = pixel && pixel[c] > largest ? pixel[c] : largest;
                    }
                }
                *y++ = qnn_clamp(largest, layer->lowest, layer->highest);
            }
        }
    }
}
