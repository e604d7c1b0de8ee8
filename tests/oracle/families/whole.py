"""Whole numbers that mean themselves, numbers that become such, and arrays of several scales."""

import numpy as np

from tests.oracle import draw
from tests.oracle.families.moved import array, axis_of, like, replaced, setting
from tests.oracle.one_operator import Spec

TYPES = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.bool_)
REAL = (np.float16, np.float32, np.float64)


def _pair(options):
    """Shapes that broadcast, small numbers and such whose sums and products wrap around."""

    def make(rng):
        output = array(rng, rng.choice([np.int32, np.int64]))
        kept = [[n if rng.random() < 0.7 else 1 for n in output.shape] for _ in "ab"]
        kept[1] = kept[1][int(rng.integers(2)) :]
        shape = np.broadcast_shapes(*(tuple(each) for each in kept))
        largest = int(rng.choice([9, 2**31 - 1]))
        inputs = [_numbers(each, output.dtype, largest) for each in kept]
        fields = {"fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS)), "version": 2}
        return inputs, like(output, shape), options, fields

    return make


def _numbers(shape, dtype, largest):
    return Spec(tuple(shape), dtype, draw=lambda rng: rng.integers(-largest, largest + 1, shape))


def _reduce_prod(rng):
    x = array(rng, rng.choice([np.int32, np.int64]), low=2)
    x = _numbers(x.shape, x.dtype, int(rng.choice([4, 2**31 - 1])))
    axes = rng.choice(len(x.shape), int(rng.integers(1, len(x.shape) + 1)), replace=False)
    keep = bool(rng.integers(2))
    kept = [(i, 1 if i in axes else n) for i, n in enumerate(x.shape)]
    output = like(x, [n for i, n in kept if keep or i not in axes])
    said = [int(i) - len(x.shape) * int(rng.integers(2)) for i in axes]
    return [x, setting(said)], output, "ReducerOptions", {"keepDims": keep, "version": 2}


def _cast(rng):
    x = array(rng, rng.choice(TYPES))
    return [x], Spec(x.shape, rng.choice([*TYPES, *REAL])), "CastOptions", {}


def _cast_real(rng):
    """Some numbers are too large for every type, or no numbers."""
    x, dtype = array(rng, np.float32), rng.choice(REAL)
    largest = 5 if dtype == np.float16 else 25

    def numbers(rng):
        values = rng.normal(0, 1, x.shape) * 10.0 ** rng.integers(0, largest, x.shape)
        return np.where(rng.random(x.shape) < 0.1, np.nan, values)

    return [Spec(x.shape, dtype, draw=numbers)], Spec(x.shape, rng.choice(TYPES)), "CastOptions", {}


def _concatenation(rng):
    """Of several scales, which only uint8 has."""
    x = array(rng, np.uint8)
    axis, said = axis_of(rng, x)
    sizes = [int(n) for n in rng.integers(1, 40, rng.integers(1, 5))]
    inputs = [draw.activation(rng, replaced(x.shape, axis, n), np.uint8) for n in sizes]
    output = draw.activation(rng, replaced(x.shape, axis, sum(sizes)), np.uint8)
    return inputs, output, "ConcatenationOptions", {"axis": said, "version": 2}


FAMILIES = {
    "ADD whole": _pair("AddOptions"),
    "MUL whole": _pair("MulOptions"),
    "SUB whole": _pair("SubOptions"),
    "CAST whole": _cast,
    "CAST float": _cast_real,
    "CONCATENATION of several scales": _concatenation,
    "REDUCE_PROD whole": _reduce_prod,
}
