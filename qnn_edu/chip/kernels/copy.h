#pragma once
#include "value.h"

/* The number of values that are copied. */
typedef struct {
    int32_t size;
} qnn_values;

/* RESHAPE and its like, where the values must lie elsewhere: the same values. */
static void qnn_copy(const qnn_values *layer, const qnn_value *x, qnn_value *y)
{
    for (int32_t n = 0; n < layer->size; n++) {
        y[n] = x[n];
    }
}
