#pragma once
#include "value.h"

/* A sum's numbers. a and b have size values each, or fewer, which are then used repeatedly. */
typedef struct {
    int32_t size, a_size, b_size;
    int32_t a_zero_point, b_zero_point, y_zero_point;
    int32_t a_multiplier, b_multiplier, y_multiplier;
    int32_t a_shift, b_shift, y_shift;
    int32_t lowest, highest;
} qnn_sum;
