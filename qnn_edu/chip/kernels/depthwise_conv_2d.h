#pragma once
#include "filters.h"

/* DEPTHWISE_CONV_2D: acc = sum (q_x - Z_x) * (q_w - Z_w) + bias over the window, each channel
   alone: channel c has the filters m * c to m * c + m - 1. weights[i][j][filter]. */
static void qnn_depthwise_conv_2d(const qnn_filters *layer, const qnn_value *x,
                                  qnn_value *y)
{
    const qnn_window *w = &layer->window;
    const int32_t m = w->out_channels / w->in_channels;
    for (int32_t row = 0; row < w->images * w->out_height; row++) {
        for (int32_t column = 0; column < w->out_width; column++) {
            for (int32_t filter = 0; filter < w->out_channels; filter++) {
                const qnn_value *weight = layer->weights + filter;
                int32_t acc = layer->bias ? layer->bias[filter] : 0;
                for (int32_t i = 0; i < w->kernel_height; i++) {
                    for (int32_t j = 0; j < w->kernel_width; j++, weight += w->out_channels) {
                        const qnn_value *pixel = qnn_pixel(w, x, row, column, i, j);
                        if (pixel) {
                            acc += (pixel[filter / m] - layer->x_zero_point) *
                                   (*weight - layer->w_zero_point);
                        }
                    }
                }
                *y++ = qnn_finish(layer, acc, filter);
            }
        }
    }
}
