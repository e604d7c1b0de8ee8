"""What becomes one value along any axes: sums, extremes."""

import numpy as np

from tests.oracle import draw_any
from tests.oracle.one_operator import Spec


def _along(dtypes, scale=None):
    """A family; `scale` gives an output's from the input's and the number of values that meet."""

    def make(rng):
        x = draw_any.tensor(rng, draw_any.shape(rng), rng.choice(dtypes))
        few = min(int(rng.choice([1, 1, 1, 2, 5])), len(x.shape))
        axes = rng.choice(len(x.shape), few, replace=False)
        keep = bool(rng.integers(2))
        kept = [(i, 1 if i in axes else n) for i, n in enumerate(x.shape)]
        shape = tuple(int(n) for i, n in kept if keep or i not in axes)
        output = Spec(shape, x.dtype, x.scale, x.zero_point)
        if scale and x.scale is not None:
            meet = np.prod(x.shape) / max(np.prod(shape), 1)
            output = draw_any.like(rng, x, scale(x.scale, meet), shape=shape)
        given = axes - len(x.shape) * rng.integers(0, 2, axes.shape)
        if rng.random() < 0.2:
            given = np.append(given, axes[0])  # named twice
        return [x, Spec(given.shape, np.int32, data=given)], output, "ReducerOptions", {"keepDims": keep}

    return make


def _sums(*dtypes):
    return _along(dtypes, lambda scale, meet: scale * meet**0.5)


WHOLE = [np.int32, np.int64]
FAMILIES = {
    "REDUCE_ALL": _along([np.bool_]),
    "REDUCE_ANY": _along([np.bool_]),
    "REDUCE_MAX": _along([np.int8, np.uint8]),
    "REDUCE_MAX int16": _along([np.int16]),
    "REDUCE_MAX int32": _along(WHOLE),
    "REDUCE_MIN": _along([np.int8, np.uint8]),
    "REDUCE_MIN int16": _along([np.int16]),
    "REDUCE_MIN int32": _along(WHOLE),
    "SUM": _sums(np.int8, np.uint8),
    "SUM int16": _sums(np.int16),
    "SUM int32": _sums(*WHOLE),
}
