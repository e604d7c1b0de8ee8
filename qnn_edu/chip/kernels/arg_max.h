#pragma once
#include "value.h"

/* The type of a place. */
typedef int32_t qnn_index;

/* x is x[outer][count][inner], and the middle goes. */
typedef struct {
    int32_t outer, count, inner;
} qnn_choice;

/* ARG_MAX: where the largest value lies, the first where there are several. */
static void qnn_arg_max(const qnn_choice *layer, const qnn_value *x, qnn_index *y)
{
    for (int32_t o = 0; o < layer->outer; o++, x += layer->count * layer->inner) {
        for (int32_t i = 0; i < layer->inner; i++) {
            int32_t place = 0;
            for (int32_t n = 1; n < layer->count; n++) {
                place = x[n * layer->inner + i] > x[place * layer->inner + i] ? n : place;
            }
            *y++ = (qnn_index)place;
        }
    }
}
