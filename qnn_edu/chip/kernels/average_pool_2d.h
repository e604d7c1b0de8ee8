#pragma once
#include "pool.h"

/* AVERAGE_POOL_2D: q_y = clamp(sum / count), rounded half away from zero, without padding. */
static void qnn_average_pool_2d(const qnn_pool *layer, const qnn_value *x, qnn_value *y)
{
    const qnn_window *w = &layer->window;
    for (int32_t row = 0; row < w->images * w->out_height; row++) {
        for (int32_t column = 0; column < w->out_width; column++) {
            for (int32_t c = 0; c < w->out_channels; c++) {
                int32_t sum = 0, count = 0;
                for (int32_t i = 0; i < w->kernel_height; i++) {
                    for (int32_t j = 0; j < w->kernel_width; j++) {
                        const qnn_value *pixel = qnn_pixel(w, x, row, column, i, j);
                        sum += pixel ? pixel[c] : 0;
                        count += pixel ? 1 : 0;
                    }
                }
                const int32_t half = sum < 0 ? -(count / 2) : count / 2;
                *y++ = qnn_clamp((sum + half) / count, layer->lowest, layer->highest);
            }
        }
    }
}
