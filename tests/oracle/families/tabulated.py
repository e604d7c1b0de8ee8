"""Functions of one value that are looked up."""

import numpy as np

from tests.oracle import draw
from tests.oracle.one_operator import Spec

WIDE_SCALES = 1e-5, 1e-3  # so that 16 bits reach from 0.3 to 30


def image(rng, dtype):
    """An image of 8 bits, or a symmetric one of 16, whose values are neither tiny nor huge."""
    if dtype != np.int16:
        return draw.image(rng, dtype)
    return Spec(draw.image(rng, np.int8).shape, dtype, draw.scale(rng, *WIDE_SCALES))


def like(rng, image, scale):
    """A tensor of an image's shape and type, of about such a scale."""
    scale = np.float32(scale * np.exp(rng.uniform(-1, 1)))
    wide = image.dtype == np.int16
    zero_point = 0 if wide else draw.zero_point(rng, image.dtype)
    return Spec(image.shape, image.dtype, scale, zero_point)


def _function(dtypes, options=None, *, scale=None, fields=None):
    """A family; `scale` is what an output's is near to, the input's where it is left out."""

    def make(rng):
        x = image(rng, rng.choice(dtypes))
        near = scale or x.scale
        if scale and x.dtype == np.int16:
            near = scale / 200
        drawn = {name: rng.choice(values).item() for name, values in (fields or {}).items()}
        return [x], like(rng, x, near), options, {"version": 2, **drawn}

    return make


FAMILIES = {
    "ELU": _function([np.int8], fields={"version": [1]}),
    "EXP": _function([np.int8], "ExpOptions", scale=0.1),
    "EXP int16": _function([np.int16], "ExpOptions", scale=0.1),
    "GELU": _function([np.int8, np.uint8], "GeluOptions", fields={"approximate": [False, True]}),
    "GELU int16": _function([np.int16], "GeluOptions", fields={"approximate": [False, True]}),
    "LOG": _function([np.int8], scale=0.03),
    "LOG int16": _function([np.int16], scale=0.03),
    "TANH": _function([np.int8, np.uint8], scale=1 / 128),
}
