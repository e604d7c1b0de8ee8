#pragma once
#include "value.h"

/* Which values of a and b meet, as shapes broadcast: in blocks of count values, a_step and b_step
   apart. Blocks begin where nested loops say, each with its size and steps, the outermost first. */
typedef struct {
    int32_t blocks, count, a_step, b_step;
    int32_t loops;
    const int32_t *size, *a_steps, *b_steps;
} qnn_pairs;

/* Where a block begins; steps are those of a or those of b. */
static int32_t qnn_first_of(const qnn_pairs *pairs, int32_t block, const int32_t *steps)
{
    int32_t place = 0;
    for (int32_t k = pairs->loops - 1; k >= 0; k--) {
        place += block % pairs->size[k] * steps[k];
        block /= pairs->size[k];
    }
    return place;
}

/* What an operator makes of one pair; layer points to its numbers. */
typedef qnn_value (*qnn_of_pair)(const void *layer, int32_t a, int32_t b);

/* All pairs that meet, in the order of the output. */
static void qnn_each_pair(const qnn_pairs *w, const void *layer, qnn_of_pair of,
                          const qnn_value *a, const qnn_value *b, qnn_value *y)
{
    for (int32_t block = 0; block < w->blocks; block++) {
        const qnn_value *p = a + qnn_first_of(w, block, w->a_steps);
        const qnn_value *q = b + qnn_first_of(w, block, w->b_steps);
        for (int32_t n = 0; n < w->count; n++, p += w->a_step, q += w->b_step) {
            *y++ = of(layer, *p, *q);
        }
    }
}
