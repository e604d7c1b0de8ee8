#pragma once
#include "clamp.h"
#include "window.h"

/* A pooling's numbers. Input and output have one scale and zero point: integers stay. */
typedef struct {
    qnn_window window;
    int32_t lowest, highest;
} qnn_pool;
