"""Rows of the last axis, normalized."""

from dataclasses import replace

import numpy as np

from tests.oracle import draw, draw_any
from tests.oracle.one_operator import Spec


def _normalized(rng):
    """Some rows hold little but the zero point."""
    image = draw_any.tensor(rng, draw_any.shape(rng), rng.choice([np.int8, np.uint8]))
    output = Spec(image.shape, image.dtype, 1 / 128, 128 if image.dtype == np.uint8 else 0)
    if rng.random() < 0.3:
        image = replace(image, draw=_near(image))
    return [image], output, "L2NormOptions", {"version": 1 if image.dtype == np.uint8 else 2}


def _near(spec):
    grid = np.iinfo(spec.dtype)

    def drawn(rng):
        near = spec.zero_point + rng.integers(-1, 2, spec.shape)
        return np.clip(near, grid.min, grid.max)

    return drawn


def _log_softmax(rng):
    dtype = rng.choice([np.int8, np.uint8])
    image = draw_any.tensor(rng, draw_any.shape(rng), dtype)
    image = replace(image, scale=draw.scale(rng, 1e-4, 3))
    output = Spec(image.shape, dtype, 1 / 16, np.iinfo(dtype).max)
    return [image], output, "LogSoftmaxOptions", {"version": 1 if dtype == np.uint8 else 2}


FAMILIES = {
    "L2_NORMALIZATION": _normalized,
    "LOG_SOFTMAX": _log_softmax,
}
