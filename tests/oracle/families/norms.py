"""Rows of the last axis, normalized."""

from dataclasses import replace

import numpy as np

from tests.oracle import draw, draw_any
from tests.oracle.draw_any import of_types
from tests.oracle.one_operator import Spec


def _l2_normalization(rng, dtype):
    """Some rows hold little but the zero point."""
    image = draw_any.tensor(rng, draw_any.shape(rng), dtype)
    output = Spec(image.shape, dtype, 1 / 128, 128 if dtype == np.uint8 else 0)
    if rng.random() < 0.3:
        image = replace(image, draw=_near_zero(image))
    return [image], output, "L2NormOptions", {"version": 1 if dtype == np.uint8 else 2}


def _near_zero(spec):
    grid = np.iinfo(spec.dtype)

    def drawn(rng):
        return np.clip(spec.zero_point + rng.integers(-1, 2, spec.shape), grid.min, grid.max)

    return drawn


def _log_softmax(rng, dtype):
    image = draw_any.tensor(rng, draw_any.shape(rng), dtype)
    image = replace(image, scale=draw.scale(rng, 1e-4, 3))
    output = Spec(image.shape, dtype, 1 / 16, np.iinfo(dtype).max)
    return [image], output, "LogSoftmaxOptions", {"version": 1 if dtype == np.uint8 else 2}


FAMILIES = {
    **of_types("L2_NORMALIZATION", _l2_normalization, np.int8, np.uint8),
    **of_types("LOG_SOFTMAX", _log_softmax, np.int8, np.uint8),
}
