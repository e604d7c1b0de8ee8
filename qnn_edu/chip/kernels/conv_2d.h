#pragma once
#include "filters.h"

/* CONV_2D: acc = sum (q_x - Z_x) * (q_w - Z_w) + bias over the window and the channels of a group,
   mostly all. Padding stands for the real number 0, q_x = Z_x, and adds nothing.
   weights[filter][i][j][channel]. */
static void qnn_conv_2d(const qnn_filters *layer, const qnn_value *x, qnn_value *y)
{
    const qnn_window *w = &layer->window;
    const int32_t groups = w->in_channels / layer->channels, in_group = w->out_channels / groups;
    for (int32_t row = 0; row < w->images * w->out_height; row++) {
        for (int32_t column = 0; column < w->out_width; column++) {
            const qnn_value *weight = layer->weights;
            for (int32_t filter = 0; filter < w->out_channels; filter++) {
                const int32_t first = filter / in_group * layer->channels;
                int32_t acc = layer->bias ? layer->bias[filter] : 0;
                for (int32_t i = 0; i < w->kernel_height; i++) {
                    for (int32_t j = 0; j < w->kernel_width; j++, weight += layer->channels) {
                        const qnn_value *pixel = qnn_pixel(w, x, row, column, i, j);
                        for (int32_t c = 0; pixel && c < layer->channels; c++) {
                            acc += (pixel[first + c] - layer->x_zero_point) *
                                   (weight[c] - layer->w_zero_point);
                        }
                    }
                }
                *y++ = qnn_finish(layer, acc, filter);
            }
        }
    }
}
