"""Functions of one value that are looked up."""

import numpy as np

from tests.oracle import draw, draw_any
from tests.oracle.one_operator import Spec

def _function(dtypes, options=None, *, near=None, **choices):
    """A family; `near` is what an output's scale is near to, the input's where it is left out."""

    def make(rng):
        x = draw_any.tensor(rng, draw_any.shape(rng), rng.choice(dtypes))
        fields = {name: rng.choice(values).item() for name, values in choices.items()}
        return [x], draw_any.like(rng, x, near), options, fields

    return make


def _wide_tanh(rng):
    """Scales of 2**-12 and 2**-11 have laws of their own."""
    scale = rng.choice([2.0**-12, 2.0**-11, draw.scale(rng, 1e-5, 1e-2)])
    x = Spec(draw_any.shape(rng), np.int16, np.float32(scale))
    return [x], Spec(x.shape, np.int16, 2.0**-15), None, {"version": 3}


EITHER = [False, True]
FAMILIES = {
    "ELU": _function([np.int8]),
    "EXP": _function([np.int8], "ExpOptions", near=0.1, version=[2]),
    "EXP int16": _function([np.int16], "ExpOptions", near=5e-4, version=[2]),
    "GELU": _function([np.int8, np.uint8], "GeluOptions", approximate=EITHER, version=[2]),
    "GELU int16": _function([np.int16], "GeluOptions", approximate=EITHER, version=[2]),
    "LOG": _function([np.int8], near=0.03, version=[2]),
    "LOG int16": _function([np.int16], near=1e-4, version=[2]),
    "TANH": _function([np.int8, np.uint8], near=1 / 128, version=[2]),
    "TANH int16": _wide_tanh,
}
