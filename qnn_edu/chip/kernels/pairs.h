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
