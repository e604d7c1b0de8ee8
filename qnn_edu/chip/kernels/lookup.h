#pragma once
#include "value.h"

/* A function of one value: what it is for each of the 256 integers, the lowest first. */
typedef struct {
    int32_t size, lowest;
    const qnn_value *table;
} qnn_function;

/* LOGISTIC: one value at a time, looked up. */
static void qnn_lookup(const qnn_function *layer, const qnn_value *x, qnn_value *y)
{
    for (int32_t n = 0; n < layer->size; n++)
        y[n] = layer->table[x[n] - layer->lowest];
}
