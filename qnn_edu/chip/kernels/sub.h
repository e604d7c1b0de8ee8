#pragma once
#include "sum.h"

/* SUB: as ADD, with b taken away. */
static void qnn_sub(const qnn_sum *layer, const qnn_value *a, const qnn_value *b,
                    qnn_value *y)
{
    const qnn_pairs *w = &layer->pairs;
    for (int32_t block = 0; block < w->blocks; block++) {
        const qnn_value *p = a + qnn_first_of(w, block, w->a_steps);
        const qnn_value *q = b + qnn_first_of(w, block, w->b_steps);
        for (int32_t n = 0; n < w->count; n++, p += w->a_step, q += w->b_step) {
            *y++ = qnn_sum_of(layer, *p, *q, -1);
        }
    }
}
