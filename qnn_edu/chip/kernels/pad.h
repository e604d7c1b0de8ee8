#pragma once
#include "value.h"

/* A frame's numbers, in 4 dimensions: sizes of input and output, and how far in x begins. */
typedef struct {
    int32_t in_0, in_1, in_2, in_3;
    int32_t out_0, out_1, out_2, out_3;
    int32_t before_0, before_1, before_2, before_3;
    int32_t zero_point;
} qnn_frame;

/* PAD: a frame of real zeros, each written as the zero point, and x within. */
static void qnn_pad(const qnn_frame *layer, const qnn_value *x, qnn_value *y)
{
    const int32_t size = layer->out_0 * layer->out_1 * layer->out_2 * layer->out_3;
    for (int32_t n = 0; n < size; n++) {
        y[n] = (qnn_value)layer->zero_point;
    }
    for (int32_t i = 0; i < layer->in_0; i++) {
        for (int32_t j = 0; j < layer->in_1; j++) {
            for (int32_t k = 0; k < layer->in_2; k++) {
                int32_t to = (i + layer->before_0) * layer->out_1 + j + layer->before_1;
                to = (to * layer->out_2 + k + layer->before_2) * layer->out_3 + layer->before_3;
                for (int32_t l = 0; l < layer->in_3; l++) {
                    y[to + l] = *x++;
                }
            }
        }
    }
}
