"""Functions of one value that are looked up."""

import numpy as np

from tests.oracle import draw, draw_any
from tests.oracle.draw_any import of_types
from tests.oracle.one_operator import Spec

EITHER = [False, True]


def _function(options=None, *, near=None, **choices):
    """`near` is what an output's scale is near to, of 16 bits a 200th; else the input's."""

    def make(rng, dtype):
        x = draw_any.tensor(rng, draw_any.shape(rng), dtype)
        scale = near / 200 if near and dtype == np.int16 else near
        fields = {name: rng.choice(values).item() for name, values in choices.items()}
        return [x], draw_any.like(rng, x, scale), options, fields

    return make


def _wide_tanh(rng, dtype):
    """Scales of 2**-12 and 2**-11 have laws of their own."""
    scale = rng.choice([2.0**-12, 2.0**-11, draw.scale(rng, 1e-5, 1e-2)])
    x = Spec(draw_any.shape(rng), dtype, np.float32(scale))
    return [x], Spec(x.shape, dtype, 2.0**-15), None, {"version": 3}


_exp = _function("ExpOptions", near=0.1, version=[2])
_gelu = _function("GeluOptions", approximate=EITHER, version=[2])
_log = _function(near=0.02, version=[2])

FAMILIES = {
    **of_types("ELU", _function(), np.int8),
    **of_types("EXP", _exp, np.int8, np.int16),
    **of_types("GELU", _gelu, np.int8, np.uint8, np.int16),
    **of_types("LOG", _log, np.int8, np.int16),
    **of_types("TANH", _function(near=1 / 128, version=[2]), np.int8, np.uint8),
    **of_types("TANH", _wide_tanh, np.int16),
}
