#pragma once
#include "value.h"

/* The nearest number from lowest to highest: the ends of 8 bits, or of the fused activation. */
static qnn_value qnn_clamp(int64_t q, int32_t lowest, int32_t highest)
{
    return (qnn_value)(q < lowest ? lowest : q > highest ? highest : q);
}
