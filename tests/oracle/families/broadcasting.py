"""Sums and products of pairs whose shapes broadcast in any way."""

import numpy as np

from tests.oracle import draw_any
from tests.oracle.draw_any import of_types

ACTIVATIONS = (0, 1, 2, 3)  # the schema's numbers for none, RELU, RELU_N1_TO_1 and RELU6


def _pair(options):
    def make(rng, dtype):
        (a, b), shape = draw_any.pair(rng, dtype)
        scale = max(a.scale, b.scale)
        if options == "MulOptions":
            scale = 40 * a.scale * b.scale
        if rng.random() < 0.2:  # XNNPACK declines scales that are so far apart
            scale *= 2**10
        fields = {"fusedActivationFunction": int(rng.choice(ACTIVATIONS)), "version": 2}
        return [a, b], draw_any.like(rng, a, scale, shape=shape), options, fields

    return make


FAMILIES = {}
for name in ("ADD", "MUL", "SUB"):
    make = _pair(f"{name.capitalize()}Options")
    FAMILIES |= of_types(f"{name} broadcasting", make, np.int8, np.uint8)
