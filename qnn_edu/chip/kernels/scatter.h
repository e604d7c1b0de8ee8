#pragma once
#include "value.h"

/* Values at other places, in blocks of count values that begin where no rule says. */
typedef struct {
    int32_t blocks, count, x_step, y_step;
    const int32_t *x_starts, *y_starts;
} qnn_list_of_places;

/* What moves values and computes with none, as RESIZE_NEAREST_NEIGHBOR by an odd factor. */
static void qnn_scatter(const qnn_list_of_places *layer, const qnn_value *x, qnn_value *y)
{
    for (int32_t block = 0; block < layer->blocks; block++) {
        int32_t from = layer->x_starts[block], to = layer->y_starts[block];
        for (int32_t n = 0; n < layer->count; n++, from += layer->x_step, to += layer->y_step) {
            y[to] = x[from];
        }
    }
}
