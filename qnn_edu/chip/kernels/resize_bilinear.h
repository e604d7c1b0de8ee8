#pragma once
#include "shifts.h"
#include "value.h"

/* Where the outputs of one dimension lie in the input: output n at first + n * step, in steps of
   1/1024 of a pixel. */
typedef struct {
    int32_t in, out, step, first;
} qnn_line;

typedef struct {
    qnn_line rows, columns;
    int32_t channels;
} qnn_images;

/* The neighbours of an output, and how far beyond the lower one it lies, in steps of 1/1024. */
typedef struct {
    int32_t lower, upper, beyond;
} qnn_between;

static qnn_between qnn_neighbours(const qnn_line *line, int32_t n)
{
    const int32_t place = line->first + n * line->step;
    const int32_t below = (int32_t)qnn_shift_right(place, 10);
    const int32_t above = below + (below * 1024 < place ? 1 : 0);
    const int32_t lower = below < 0 ? 0 : below, last = line->in - 1;
    const qnn_between found = {lower, above > last ? last : above, place - lower * 1024};
    return found;
}

/* RESIZE_BILINEAR: a mean of four neighbours, weighed by their distance, rounded half away from
   zero; weights are whole steps of 1/1024, so the sum has 20 bits after the point. */
static void qnn_resize_bilinear(const qnn_images *layer, const qnn_value *x, qnn_value *y)
{
    const int32_t channels = layer->channels, width = layer->columns.in * channels;
    for (int32_t i = 0; i < layer->rows.out; i++) {
        const qnn_between v = qnn_neighbours(&layer->rows, i);
        for (int32_t j = 0; j < layer->columns.out; j++) {
            const qnn_between h = qnn_neighbours(&layer->columns, j);
            for (int32_t c = 0; c < channels; c++) {
                const qnn_value *low = x + v.lower * width + c, *high = x + v.upper * width + c;
                const int32_t left = h.lower * channels, right = h.upper * channels;
                const int32_t top = low[left] * (1024 - h.beyond) + low[right] * h.beyond;
                const int32_t bottom = high[left] * (1024 - h.beyond) + high[right] * h.beyond;
                const int32_t sum = top * (1024 - v.beyond) + bottom * v.beyond;
                *y++ = (qnn_value)qnn_divide_by_power(sum, 20);
            }
        }
    }
}
