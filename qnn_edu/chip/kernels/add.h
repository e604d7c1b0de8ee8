#pragma once
#include "sum.h"

/* ADD. */
static qnn_value qnn_plus(const void *layer, int32_t a, int32_t b)
{
    return qnn_sum_of((const qnn_sum *)layer, a, b, 1);
}

static void qnn_add(const qnn_sum *layer, const qnn_value *a, const qnn_value *b,
                    qnn_value *y)
{
    qnn_each_pair(&layer->pairs, layer, qnn_plus, a, b, y);
}
