#pragma once
#include "pairs.h"

/* A comparison's numbers. */
typedef struct {
    qnn_pairs pairs;
} qnn_comparison;
