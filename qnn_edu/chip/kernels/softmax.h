#pragma once
#include "clamp.h"
#include "exp.h"

/* A softmax's numbers: rows of size values. Differences below farthest add nothing. */
typedef struct {
    int32_t rows, size;
    int32_t multiplier, shift, farthest;
    int32_t lowest, highest;
} qnn_rows;

/* 1 / (1 + a) for a from 0 to 1, both in Q0.31: Newton and Raphson, three steps. d = (1 + a) / 2
   is from 1/2 to 1; x = 48/17 - 32/17 d, in Q2.29, is near 1 / d, x + x * (1 - d * x) nearer. */
static int32_t qnn_one_over_one_plus(int32_t a)
{
    const int32_t d = (int32_t)((a + (INT64_C(1) << 31)) / 2);
    int32_t x = 1515870810 + qnn_high_multiply(d, -1010580540);
    for (int32_t step = 0; step < 3; step++) {
        const int32_t rest = (INT32_C(1) << 29) - qnn_high_multiply(d, x);
        x += qnn_saturate(qnn_high_multiply(x, rest) * INT64_C(4));
    }
    return qnn_saturate(x * INT64_C(2)); /* 1 / d halved: only the point moves */
}

/* exp(beta * S_x * d) in Q0.31 for d = q - max q. */
static int32_t qnn_exp_of_difference(const qnn_rows *layer, int32_t d)
{
    const int32_t shifted = (int32_t)(d * (INT64_C(1) << layer->shift));
    return qnn_exp_of_negative(qnn_high_multiply(shifted, layer->multiplier));
}

/* One row. The sum of exps, total, is in Q12.19. With leading zero bits before its first bit it is
   2^(12 - leading) * (1 + a), so its inverse is 1 / (1 + a) with the point 12 - leading further. */
static void qnn_softmax_row(const qnn_rows *layer, const qnn_value *x, qnn_value *y)
{
    int32_t largest = x[0], total = 0, leading = 0;
    for (int32_t n = 1; n < layer->size; n++) {
        largest = x[n] > largest ? x[n] : largest;
    }
    for (int32_t n = 0; n < layer->size; n++) {
        if (x[n] - largest >= layer->farthest) {
            const int32_t e = qnn_exp_of_difference(layer, x[n] - largest);
            total += (int32_t)qnn_divide_by_power(e, 12);
        }
    }
    while (total < INT64_C(1) << (31 - leading)) {
        leading++;
    }
    const int64_t a = total * (INT64_C(1) << leading) - (INT64_C(1) << 31);
    const int32_t inverse = qnn_one_over_one_plus((int32_t)a);
    for (int32_t n = 0; n < layer->size; n++) {
        int64_t share = 0; /* in steps of 1/256 */
        if (x[n] - largest >= layer->farthest) {
            const int32_t e = qnn_exp_of_difference(layer, x[n] - largest);
            share = qnn_divide_by_power(qnn_high_multiply(inverse, e), 12 - leading + 31 - 8);
        }
        y[n] = qnn_clamp(share + layer->lowest, layer->lowest, layer->highest);
    }
}

/* SOFTMAX, row by row: q_y = 256 * exp(d) / sum exp(d) + lowest, d = beta * S_x * (q_x - max q). */
static void qnn_softmax(const qnn_rows *layer, const qnn_value *x, qnn_value *y)
{
    for (int32_t row = 0; row < layer->rows; row++) {
        qnn_softmax_row(layer, x + row * layer->size, y + row * layer->size);
    }
}
