"""One value by another that is not 0."""

from dataclasses import replace

import numpy as np

from tests.oracle import draw, draw_any
from tests.oracle.one_operator import Spec


def _never_zero(spec):
    """Integers next to the zero point more often than others, but never it."""

    def drawn(rng):
        values = draw.values(rng, replace(spec, draw=None)).astype(np.int64)
        grid = np.iinfo(spec.dtype)
        near = rng.integers(spec.zero_point - 4, spec.zero_point + 5, spec.shape)
        values = np.where(rng.random(spec.shape) < 0.3, np.clip(near, grid.min, grid.max), values)
        beside = spec.zero_point + (1 if spec.zero_point < grid.max else -1)
        return np.where(values == spec.zero_point, beside, values)

    return drawn


def _div(dtypes, step):
    """`step` is an output's for a quotient of scales: a quotient is 1 more often than anything."""

    def make(rng):
        (a, b), shape = draw_any.pair(rng, rng.choice(dtypes))
        b = replace(b, draw=_never_zero(b))
        b = b if b.is_input else replace(b, data=b.draw(rng), draw=None)
        output = Spec(shape, a.dtype)
        if a.scale is not None:
            output = draw_any.like(rng, a, step * a.scale / b.scale, 2, shape)
        fields = {"fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS)), "version": 2}
        return [a, b], output, "DivOptions", fields

    return make


FAMILIES = {
    "DIV": _div([np.int8, np.uint8], 0.05),
    "DIV int16": _div([np.int16], 1e-3),
    "DIV int32": _div([np.int32], None),
}
