"""Sums and products of pairs whose shapes broadcast in any way."""

import numpy as np

from tests.oracle import draw, draw_any

ACTIVATIONS = (0, 1, 2, 3)  # the schema's numbers for none, RELU, RELU_N1_TO_1 and RELU6


def _pair(options, dtypes, **more):
    def make(rng):
        (a, b), shape = draw_any.pair(rng, rng.choice(dtypes))
        scale = max(a.scale, b.scale)
        if options == "MulOptions":
            scale = a.scale * b.scale * (40 if a.dtype != np.int16 else 1e4)
        fields = {"fusedActivationFunction": int(rng.choice(ACTIVATIONS)), **more}
        if rng.random() < 0.2:  # XNNPACK declines scales that are so far apart
            scale *= 2**10
        return [a, b], draw_any.like(rng, a, scale, shape=shape), options, fields

    return make


def _family(options, **more):
    return _pair(options, [np.int8, np.uint8], version=2, **more)


FAMILIES = {
    "ADD broadcasting": _family("AddOptions"),
    "MUL broadcasting": _family("MulOptions"),
    "SUB broadcasting": _family("SubOptions"),
}
