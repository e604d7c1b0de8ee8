#pragma once
#include <stdint.h>

/* q: an activation or a weight, in 8 bits. It stands for the real scale * (q - zero_point). */
typedef int8_t qnn_value;
