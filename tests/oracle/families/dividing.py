"""One value by another that is not 0."""

from dataclasses import replace

import numpy as np

from tests.oracle import draw, draw_any
from tests.oracle.draw_any import of_types
from tests.oracle.one_operator import Spec

STEPS = {np.int8: 0.05, np.uint8: 0.05, np.int16: 1e-3, np.int32: None}  # of a quotient of 1


def _div(rng, dtype):
    (a, b), shape = draw_any.pair(rng, dtype)
    near = STEPS[dtype] and STEPS[dtype] * a.scale / b.scale
    output = draw_any.like(rng, a, near, 2, shape)
    fields = {"fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS)), "version": 2}
    return [a, _drawn(rng, b, _never_zero(b))], output, "DivOptions", fields


def _drawn(rng, spec, drawn):
    """What a tensor holds is drawn so, in a constant too."""
    return replace(spec, draw=drawn) if spec.is_input else replace(spec, data=drawn(rng))


def _never_zero(spec):
    """Any integer but the zero point, and more often than others one next to it."""
    grid = np.iinfo(spec.dtype)

    def drawn(rng):
        any_ = draw.values(rng, replace(spec, draw=None)).astype(np.int64)
        near = spec.zero_point + rng.integers(-4, 5, spec.shape)
        values = np.where(rng.random(spec.shape) < 0.3, np.clip(near, grid.min, grid.max), any_)
        beside = spec.zero_point + (1 if spec.zero_point < grid.max else -1)
        return np.where(values == spec.zero_point, beside, values)

    return drawn


def _floor(options):
    """Quotients of small numbers, which are whole now and then."""

    def make(rng, dtype):
        (a, b), shape = draw_any.pair(rng, dtype)
        a = Spec(a.shape, dtype, draw=lambda rng: rng.integers(-20, 21, a.shape))
        b = _drawn(rng, b, lambda rng: rng.choice([-7, -3, -1, 1, 2, 5], b.shape))
        return [a, b], Spec(shape, dtype), options, {}

    return make


FAMILIES = {
    **of_types("DIV", _div, *STEPS),
    **of_types("FLOOR_DIV", _floor("FloorDivOptions"), np.int32),
    **of_types("FLOOR_MOD", _floor("FloorModOptions"), np.int32, np.int64),
}
