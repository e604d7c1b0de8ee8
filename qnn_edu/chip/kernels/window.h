#pragma once
#include "value.h"

/* Images are rows of columns of channels. A window of kernel_height x kernel_width places, dilation
   pixels apart, goes over the input in steps of stride. It begins before the first pixel, by top
   rows and left columns. */
typedef struct {
    int32_t images, in_height, in_width, in_channels;
    int32_t out_height, out_width, out_channels;
    int32_t kernel_height, kernel_width;
    int32_t stride_h, stride_w, dilation_h, dilation_w;
    int32_t top, left;
} qnn_window;

/* The pixel of x that place (i, j) of the window meets for the output pixel (row, column): its
   first channel, or 0 where the window stands on padding. Rows of all images are counted on. */
static const qnn_value *qnn_pixel(const qnn_window *w, const qnn_value *x,
                                  int32_t row, int32_t column, int32_t i, int32_t j)
{
    const int32_t image = row / w->out_height;
    const int32_t r = row % w->out_height * w->stride_h - w->top + i * w->dilation_h;
    const int32_t c = column * w->stride_w - w->left + j * w->dilation_w;
    if (r < 0 || r >= w->in_height || c < 0 || c >= w->in_width) {
        return 0;
    }
    return x + ((image * w->in_height + r) * w->in_width + c) * w->in_channels;
}
