"""What becomes one value along any axes: sums, extremes."""

import numpy as np

from tests.oracle import draw_any
from tests.oracle.draw_any import of_types
from tests.oracle.one_operator import Spec

TYPES = np.int8, np.uint8, np.int16, np.int32, np.int64


def _kept(rng, dtype):
    x, shape, specs, fields = _along(rng, dtype)
    return specs, Spec(shape, dtype, x.scale, x.zero_point), "ReducerOptions", fields


def _sum(rng, dtype):
    """An output's scale fits what comes: sums are farther out with the root of their number."""
    x, shape, specs, fields = _along(rng, dtype)
    meet = np.prod(x.shape) / np.prod(shape)
    near = None if x.scale is None else x.scale * meet**0.5
    return specs, draw_any.like(rng, x, near, shape=shape), "ReducerOptions", fields


def _along(rng, dtype):
    """The input, the output's shape, the inputs and whether dimensions are kept.

    Axes are counted from either end, and some are named twice.
    """
    x = draw_any.tensor(rng, draw_any.shape(rng), dtype)
    rank = len(x.shape)
    axes = rng.choice(rank, min(int(rng.choice([1, 1, 1, 2, 5])), rank), replace=False)
    keep = bool(rng.integers(2))
    sizes = ((i, 1 if i in axes else n) for i, n in enumerate(x.shape))
    shape = tuple(int(n) for i, n in sizes if keep or i not in axes)
    given = axes - rank * rng.integers(0, 2, axes.shape)
    if rng.random() < 0.2:
        given = np.append(given, axes[0])
    return x, shape, [x, Spec(given.shape, np.int32, data=given)], {"keepDims": keep}


FAMILIES = {
    **of_types("REDUCE_ALL", _kept, np.bool_),
    **of_types("REDUCE_ANY", _kept, np.bool_),
    **of_types("REDUCE_MAX", _kept, *TYPES),
    **of_types("REDUCE_MIN", _kept, *TYPES),
    **of_types("SUM", _sum, *TYPES),
}
