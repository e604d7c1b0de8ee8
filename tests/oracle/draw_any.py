"""Tensors of any type and number of dimensions drawn at random, and pairs that broadcast."""

from dataclasses import replace
from functools import partial

import numpy as np

from tests.oracle import draw
from tests.oracle.one_operator import Spec

IN_NAMES = {np.int8: "", np.uint8: " uint8", np.int16: " int16", np.int32: " int32"}
IN_NAMES |= {np.int64: " int64", np.bool_: ""}
WIDE_SCALES = 1e-5, 1e-3  # of 16 bits, which then reach from 0.3 to 30


def of_types(name, make, *dtypes):
    """A family for each type, as `make(rng, dtype)` draws it; int8 goes without saying."""
    return {f"{name}{IN_NAMES[dtype]}": partial(make, dtype=dtype) for dtype in dtypes}


def shape(rng, ranks=(1, 5)):
    """A shape of at most some thousand values, mostly with one image."""
    rank = int(rng.integers(ranks[0], ranks[1] + 1))
    most = {1: 300, 2: 60, 3: 14, 4: 12}.get(rank, 5)
    sizes = rng.integers(1, most + 1, rank)
    if rng.random() < 0.7 and rank > 1:
        sizes[0] = 1
    return tuple(int(n) for n in sizes)


def tensor(rng, shape, dtype):
    """A tensor of 8 bits with any zero point, one of 16 with none, or others without scale."""
    if dtype in (np.int8, np.uint8):
        return draw.activation(rng, shape, dtype)
    return Spec(shape, dtype, draw.scale(rng, *WIDE_SCALES) if dtype == np.int16 else None)


def like(rng, spec, scale=None, spread=1, shape=None):
    """A tensor of another's type, and its shape where none is given, of about this or its scale."""
    drawn = tensor(rng, shape or spec.shape, spec.dtype)
    if spec.scale is None:
        return drawn
    near = scale or spec.scale
    return replace(drawn, scale=np.float32(near * np.exp(rng.uniform(-spread, spread))))


def constant(rng, spec):
    """A tensor that the file holds."""
    return replace(spec, data=draw.values(rng, spec))


def broadcast(rng, shape):
    """A shape that broadcasts to another: fewer dimensions, some of size 1; half are the same."""
    if rng.random() < 0.4:
        return shape
    left = shape[int(rng.integers(len(shape) + 1)) :] if rng.random() < 0.5 else shape
    return tuple(n if rng.random() < 0.6 else 1 for n in left)


def pair(rng, dtype, ranks=(1, 5)):
    """Two tensors that broadcast, and their common shape; one of three holds a constant."""
    whole = shape(rng, ranks)
    whole = (*whole[:-1], max(whole[-1], 2))
    shapes = [broadcast(rng, whole) for _ in range(2)]
    if np.prod(np.broadcast_shapes(*shapes)) == 1:  # of these, XNNPACK gives outputs no dimension
        shapes[0] = whole
    specs = [tensor(rng, each, dtype) for each in shapes]
    if rng.random() < 0.3:
        place = int(rng.integers(2))
        specs[place] = constant(rng, specs[place])
    return specs, np.broadcast_shapes(*shapes)
