#pragma once
#include "value.h"

/* A function of one value in 8 bits: what it is for each bit pattern, 0 to 255. */
typedef struct {
    int32_t size;
    const void *table;
} qnn_function;

/* LOGISTIC, TANH, HARD_SWISH and their like, and QUANTIZE between int8_t and uint8_t: one value at
   a time, looked up. */
static void qnn_lookup(const qnn_function *layer, const void *x, void *y)
{
    const uint8_t *table = (const uint8_t *)layer->table, *from = (const uint8_t *)x;
    uint8_t *to = (uint8_t *)y;
    for (int32_t n = 0; n < layer->size; n++) {
        to[n] = table[from[n]];
    }
}
