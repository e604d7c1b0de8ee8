#pragma once
#include "value.h"

/* Values at other places, in blocks of count values. Blocks lie as far apart as nested loops say,
   each loop with its size and its steps, the outermost first. */
typedef struct {
    int32_t blocks, count, x_step, y_step, x_start, y_start;
    int32_t loops;
    const int32_t *size, *x_steps, *y_steps;
} qnn_places;

/* What moves values and computes with none: the same values at other places. */
static void qnn_move(const qnn_places *layer, const qnn_value *x, qnn_value *y)
{
    for (int32_t block = 0; block < layer->blocks; block++) {
        int32_t from = layer->x_start, to = layer->y_start, rest = block;
        for (int32_t k = layer->loops - 1; k >= 0; k--) {
            const int32_t i = rest % layer->size[k];
            from += i * layer->x_steps[k];
            to += i * layer->y_steps[k];
            rest /= layer->size[k];
        }
        for (int32_t n = 0; n < layer->count; n++, from += layer->x_step, to += layer->y_step) {
            y[to] = x[from];
        }
    }
}
