"""Functions with tables or approximations of their own."""

import numpy as np

from tests.oracle import draw
from tests.oracle.one_operator import Spec


def _softmax(rng):
    dtype = draw.dtype(rng)
    shape = (1, int(rng.integers(2, 60)))
    image = Spec(shape, dtype, draw.scale(rng, 0.001, 0.8), draw.zero_point(rng, dtype))
    output = Spec(shape, dtype, 1 / 256, np.iinfo(dtype).min)
    return [image], output, "SoftmaxOptions", {"beta": float(rng.choice([1, 1, 0.5])), "version": 2}


def _logistic(rng):
    image = draw.image(rng, draw.dtype(rng))
    output = Spec(image.shape, image.dtype, 1 / 256, np.iinfo(image.dtype).min)
    return [image], output, None, {"version": 2}


FAMILIES = {
    "SOFTMAX": _softmax,
    "LOGISTIC": _logistic,
}
