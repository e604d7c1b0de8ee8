"""Operators on pairs of values."""

from dataclasses import replace

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


def _far_apart(options):
    """One scale is thousands of times smaller than the others."""

    def make(rng):
        (first, second), output, _, fields = _pair(options)(rng)
        small = np.float32(output.scale * np.exp2(rng.uniform(-14, -7)))
        return [replace(first, scale=small), second], output, options, fields

    return make


FAMILIES = {
    "ADD": _pair("AddOptions"),
    "ADD far apart": _far_apart("AddOptions"),
    "SUB": _pair("SubOptions"),
    "SUB far apart": _far_apart("SubOptions"),
    "MUL": _pair("MulOptions"),
}
