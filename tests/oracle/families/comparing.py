"""Pairs that broadcast: compared, and far from each other."""

import numpy as np

from tests.oracle import draw, draw_any
from tests.oracle.one_operator import Spec

ORDERS = "EQUAL GREATER GREATER_EQUAL LESS LESS_EQUAL NOT_EQUAL".split()
WHOLE = [np.int32, np.int64]


def _few(rng, spec):
    """Whole numbers that are often equal."""
    return Spec(spec.shape, spec.dtype, draw=lambda rng: rng.integers(-3, 4, spec.shape))


def _chosen(options, *dtypes):
    """MINIMUM and MAXIMUM of values of one scale."""

    def make(rng):
        (a, b), shape = draw_any.pair(rng, rng.choice(dtypes))
        b = Spec(b.shape, b.dtype, a.scale, a.zero_point, data=b.data)
        return [a, b], Spec(shape, a.dtype, a.scale, a.zero_point), options, {}

    return make


def _ordered(name, *dtypes):
    options = "".join(word.capitalize() for word in name.split("_")) + "Options"

    def make(rng):
        specs, shape = draw_any.pair(rng, rng.choice(dtypes))
        if specs[0].scale is None:
            specs = [_few(rng, spec) for spec in specs]
        return specs, Spec(shape, np.bool_), options, {"version": 2}

    return make


def _joined(name):
    def make(rng):
        specs, shape = draw_any.pair(rng, np.bool_)
        return specs, Spec(shape, np.bool_), f"Logical{name}Options", {}

    return make


def _negated(rng):
    shape = draw_any.shape(rng)
    return [Spec(shape, np.bool_)], Spec(shape, np.bool_), "LogicalNotOptions", {}


def _far(rng):
    (a, b), shape = draw_any.pair(rng, np.int8)
    scale = np.float32(40 * max(a.scale, b.scale) ** 2 * np.exp(rng.uniform(-1, 2)))
    output = Spec(shape, np.int8, scale, draw.zero_point(rng, np.int8))
    return [a, b], output, "SquaredDifferenceOptions", {"version": 2}


def _far_of_wholes(rng):
    specs, shape = draw_any.pair(rng, np.int32)
    return specs, Spec(shape, np.int32), "SquaredDifferenceOptions", {}


MOST = "MaximumMinimumOptions"
FAMILIES = {
    **{f"{name}": _chosen(MOST, np.int8, np.uint8) for name in ("MAXIMUM", "MINIMUM")},
    **{f"{name} int16": _chosen(MOST, np.int16) for name in ("MAXIMUM", "MINIMUM")},
    **{f"{name} int32": _chosen(MOST, *WHOLE) for name in ("MAXIMUM", "MINIMUM")},
    **{name: _ordered(name, np.int8, np.uint8) for name in ORDERS},
    **{f"{name} int32": _ordered(name, *WHOLE) for name in ORDERS},
    "LOGICAL_AND": _joined("And"),
    "LOGICAL_OR": _joined("Or"),
    "LOGICAL_NOT": _negated,
    "SQUARED_DIFFERENCE": _far,
    "SQUARED_DIFFERENCE int32": _far_of_wholes,
}
