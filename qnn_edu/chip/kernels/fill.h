#pragma once
#include "value.h"

/* How many values, and which. */
typedef struct {
    int32_t size, value;
} qnn_same;

/* The frame of PAD, before what lies within is moved there: one value everywhere. */
static void qnn_fill(const qnn_same *layer, qnn_value *y)
{
    for (int32_t n = 0; n < layer->size; n++) {
        y[n] = (qnn_value)layer->value;
    }
}
