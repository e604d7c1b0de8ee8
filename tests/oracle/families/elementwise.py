"""Functions of one value in integers."""

from dataclasses import replace

import numpy as np

from tests.oracle import draw_any
from tests.oracle.draw_any import of_types

WHOLE = np.int32, np.int64


def _function(options=None, *, near=None, from_zero=False):
    """`near` is an output's scale for that of the input, of 16 bits a 200th, else the input's."""

    def make(rng, dtype):
        image = draw_any.tensor(rng, draw_any.shape(rng), dtype)
        scale = near(np.float64(image.scale)) if near else None
        if near and dtype == np.int16:
            scale /= 200
        given = replace(image, draw=_from_zero(image)) if from_zero else image
        return [given], draw_any.like(rng, image, scale), options, {}

    return make


def _from_zero(spec):
    """Integers from the zero point up."""

    def drawn(rng):
        return rng.integers(spec.zero_point, np.iinfo(spec.dtype).max + 1, spec.shape)

    return drawn


def _hard_swish(rng, dtype):
    """Scales from fine to so coarse that all but a few values lie beyond 3."""
    image = draw_any.tensor(rng, draw_any.shape(rng), dtype)
    image = replace(image, scale=np.float32(image.scale * np.exp(rng.uniform(-2, 3))))
    return [image], draw_any.like(rng, image, spread=2), "HardSwishOptions", {}


_rsqrt = _function(near=lambda scale: 0.04 / scale**0.5, from_zero=True)
_sqrt = _function(near=lambda scale: scale**0.5 / 10, from_zero=True)

FAMILIES = {
    **of_types("ABS", _function("AbsOptions"), np.int8, np.int16, np.int32),
    **of_types("HARD_SWISH", _hard_swish, np.int8, np.uint8),
    **of_types("NEG", _function("NegOptions"), np.int8, np.int16, *WHOLE),
    **of_types("RSQRT", _rsqrt, np.int8, np.int16),
    **of_types("SQRT", _sqrt, np.int8, np.int16),
}
