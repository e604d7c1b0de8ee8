"""Operators on pairs of values."""

import numpy as np

from tests.oracle import draw
from tests.oracle.one_operator import Spec


def _pair(options):
    def make(rng):
        dtype = draw.dtype(rng)
        first = draw.image(rng, dtype)
        shape = first.shape if rng.random() < 0.7 else (1, 1, 1, first.shape[3])
        second = draw.activation(rng, shape, dtype)
        if options == "MulOptions":
            scale = 40 * first.scale * second.scale
        else:
            scale = max(first.scale, second.scale)
        scale = np.float32(scale * np.exp(rng.uniform(-1, 1)))
        output = Spec(first.shape, dtype, scale, draw.zero_point(rng, dtype))
        fields = {"fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS)), "version": 2}
        return [first, second], output, options, fields

    return make


FAMILIES = {
    "ADD": _pair("AddOptions"),
    "SUB": _pair("SubOptions"),
    "MUL": _pair("MulOptions"),
}
