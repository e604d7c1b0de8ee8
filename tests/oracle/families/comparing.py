"""Pairs that broadcast: compared, chosen from, and far from each other."""

from dataclasses import replace

import numpy as np

from tests.oracle import draw_any
from tests.oracle.draw_any import of_types
from tests.oracle.one_operator import Spec

ORDERS = "EQUAL GREATER GREATER_EQUAL LESS LESS_EQUAL NOT_EQUAL".split()
BYTES, WHOLE = (np.int8, np.uint8), (np.int32, np.int64)


def options(name):
    """The schema's options of an operator: GREATER_EQUAL has GreaterEqualOptions."""
    return "".join(word.capitalize() for word in name.split("_")) + "Options"


def _chosen(rng, dtype):
    """MINIMUM and MAXIMUM of values of one scale."""
    (a, b), shape = _of_one_scale(rng, dtype)
    return [a, b], replace(a, shape=shape, data=None), "MaximumMinimumOptions", {}


def _of_one_scale(rng, dtype):
    (a, b), shape = draw_any.pair(rng, dtype)
    return (a, replace(b, scale=a.scale, zero_point=a.zero_point)), shape


def _ordered(name):
    """Whole numbers are often equal; integers with a scale are so now and then."""

    def make(rng, dtype):
        specs, shape = draw_any.pair(rng, dtype)
        if specs[0].scale is None:
            specs = [_few(spec) for spec in specs]
        return specs, Spec(shape, np.bool_), options(name), {"version": 2}

    return make


def _few(spec):
    return Spec(spec.shape, spec.dtype, draw=lambda rng: rng.integers(-3, 4, spec.shape))


def _joined(name):
    def make(rng, dtype):
        specs, shape = draw_any.pair(rng, dtype)
        return specs, Spec(shape, dtype), options(name), {}

    return make


def _negated(rng, dtype):
    x = Spec(draw_any.shape(rng), dtype)
    return [x], x, "LogicalNotOptions", {}


def _select(rng, dtype):
    """SELECT: one shape, one scale."""
    a = draw_any.tensor(rng, draw_any.shape(rng), dtype)
    return [Spec(a.shape, np.bool_), a, a], a, "SelectOptions", {}


def _select_v2(rng, dtype):
    """SELECT_V2: all three broadcast."""
    (a, b), shape = _of_one_scale(rng, dtype)
    chosen = Spec(draw_any.broadcast(rng, shape), np.bool_)
    return [chosen, a, b], replace(a, shape=shape, data=None), "SelectV2Options", {}


def _far(rng, dtype):
    (a, b), shape = draw_any.pair(rng, dtype)
    scale = None if a.scale is None else 60 * max(a.scale, b.scale) ** 2
    output = draw_any.like(rng, a, scale, shape=shape)
    return [a, b], output, "SquaredDifferenceOptions", {"version": 2}


FAMILIES = {
    **of_types("MAXIMUM", _chosen, *BYTES, np.int16, *WHOLE),
    **of_types("MINIMUM", _chosen, *BYTES, np.int16, *WHOLE),
    **of_types("LOGICAL_AND", _joined("LOGICAL_AND"), np.bool_),
    **of_types("LOGICAL_OR", _joined("LOGICAL_OR"), np.bool_),
    **of_types("LOGICAL_NOT", _negated, np.bool_),
    **of_types("SELECT", _select, *BYTES, np.int16, *WHOLE),
    **of_types("SELECT_V2", _select_v2, *BYTES, np.int16, *WHOLE),
    **of_types("SQUARED_DIFFERENCE", _far, np.int8, np.int32),
}
for order in ORDERS:
    FAMILIES |= of_types(order, _ordered(order), *BYTES, *WHOLE)
