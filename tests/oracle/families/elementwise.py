"""Functions of one value in integers."""

from dataclasses import replace

import numpy as np

from tests.oracle import draw_any

NARROW, WIDE = np.int8, np.int16


def _function(dtypes, options=None, *, near=None, of=None):
    """A family; `near` is an output's scale for that of the input, `of` says what that may hold."""

    def make(rng):
        image = draw_any.tensor(rng, draw_any.shape(rng), rng.choice(dtypes))
        scale = near(np.float64(image.scale)) if near and image.scale is not None else None
        output = draw_any.like(rng, image, scale)
        return [replace(image, draw=of and of(image))], output, options, {}

    return make


def _from_zero(spec):
    """Integers from the zero point up."""

    def drawn(rng):
        return rng.integers(spec.zero_point, np.iinfo(spec.dtype).max + 1, spec.shape)

    return drawn


def _hard_swish(rng):
    image = draw_any.tensor(rng, draw_any.shape(rng), rng.choice([np.int8, np.uint8]))
    image = replace(image, scale=np.float32(image.scale * np.exp(rng.uniform(-2, 3))))
    return [image], draw_any.like(rng, image, spread=2), "HardSwishOptions", {}


FAMILIES = {
    "ABS": _function([NARROW, WIDE], "AbsOptions"),
    "HARD_SWISH": _hard_swish,
    "NEG": _function([NARROW, WIDE, np.int32, np.int64], "NegOptions"),
    "RSQRT": _function([NARROW], near=lambda s: 0.04 / s**0.5, of=_from_zero),
    "RSQRT int16": _function([WIDE], near=lambda s: 2e-4 / s**0.5, of=_from_zero),
    "SQRT": _function([NARROW, WIDE], near=lambda s: s**0.5 / 10, of=_from_zero),
}
