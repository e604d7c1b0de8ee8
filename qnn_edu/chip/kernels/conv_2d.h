#pragma once
#include "filters.h"

/* CONV_2D: acc = sum (q_x - Z_x) * (q_w - Z_w) + bias over the window and all channels. Padding
   stands for the real number 0, q_x = Z_x, and adds nothing. weights[filter][i][j][channel]. */
static void qnn_conv_2d(const qnn_filters *layer, const qnn_value *x, qnn_value *y)
{
    const qnn_window *w = &layer->window;
    for (int32_t row = 0; row < w->out_height; row++) {
        for (int32_t column = 0; column < w->out_width; column++) {
            const qnn_value *weight = layer->weights;
            for (int32_t filter = 0; filter < w->out_channels; filter++) {
                int32_t acc = layer->bias ? layer->bias[filter] : 0;
                for (int32_t i = 0; i < w->kernel_height; i++) {
                    for (int32_t j = 0; j < w->kernel_width; j++, weight += w->in_channels) {
                        const qnn_value *pixel = qnn_pixel(w, x, row, column, i, j);
                        for (int32_t c = 0; pixel && c < w->in_channels; c++) {
                            acc += (pixel[c] - layer->x_zero_point) *
                                   (weight[c] - layer->w_zero_point);
                        }
                    }
                }
                *y++ = qnn_finish(layer, acc, filter);
            }
        }
    }
}
