#pragma once
#include "comparison.h"

/* MAXIMUM: of two integers, as they are. */
static qnn_value qnn_larger(const void *layer, int32_t a, int32_t b)
{
    (void)layer;
    return (qnn_value)(a > b ? a : b);
}

static void qnn_maximum(const qnn_comparison *layer, const qnn_value *a, const qnn_value *b,
                        qnn_value *y)
{
    qnn_each_pair(&layer->pairs, layer, qnn_larger, a, b, y);
}
