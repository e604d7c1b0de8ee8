#pragma once
#include "value.h"

/* Places of values in x and in y, one array entry a dimension: how many, and how far apart. */
typedef struct {
    int32_t count, dimensions, x_start, y_start;
    const int32_t *size, *x_step, *y_step;
} qnn_places;

/* CONCATENATION, an input at a time: the same values at other places. */
static void qnn_move(const qnn_places *layer, const qnn_value *x, qnn_value *y)
{
    for (int32_t n = 0; n < layer->count; n++) {
        int32_t from = layer->x_start, to = layer->y_start, rest = n;
        for (int32_t d = layer->dimensions - 1; d >= 0; d--) {
            const int32_t i = rest % layer->size[d];
            from += i * layer->x_step[d];
            to += i * layer->y_step[d];
            rest /= layer->size[d];
        }
        y[to] = x[from];
    }
}
