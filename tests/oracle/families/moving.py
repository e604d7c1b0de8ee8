"""What moves values."""

import numpy as np

from tests.oracle import draw
from tests.oracle.one_operator import Spec


def _reshape(rng):
    image = draw.image(rng, draw.dtype(rng))
    shape = (1, int(np.prod(image.shape)))
    output = Spec(shape, image.dtype, image.scale, image.zero_point)
    return [image, Spec((2,), np.int32, data=shape)], output, "ReshapeOptions", {"newShape": shape}


def _squeeze(rng):
    dtype = draw.dtype(rng)
    image = draw.activation(rng, (1, 1, 1, int(rng.integers(1, 40))), dtype)
    output = Spec((1, image.shape[3]), dtype, image.scale, image.zero_point)
    return [image], output, "SqueezeOptions", {"squeezeDims": [1, 2]}


def _pad(rng):
    image = draw.image(rng, draw.dtype(rng))
    widths = np.array([[0, 0], *rng.integers(0, 4, (2, 2)), [0, int(rng.integers(3))]])
    shape = tuple(int(n) for n in np.array(image.shape) + widths.sum(axis=1))
    output = Spec(shape, image.dtype, image.scale, image.zero_point)
    return [image, Spec((4, 2), np.int32, data=widths)], output, "PadOptions", {"version": 2}


def _concatenation(rng):
    image = draw.image(rng, draw.dtype(rng))
    axis = int(rng.integers(1, 4))
    shapes = [list(image.shape) for _ in range(int(rng.integers(2, 4)))]
    for shape in shapes:
        shape[axis] = int(rng.integers(1, 12))
    total = list(image.shape)
    total[axis] = sum(shape[axis] for shape in shapes)
    specs = [Spec(tuple(s), image.dtype, image.scale, image.zero_point) for s in (*shapes, total)]
    return specs[:-1], specs[-1], "ConcatenationOptions", {"axis": axis, "version": 2}


FAMILIES = {
    "RESHAPE": _reshape,
    "SQUEEZE": _squeeze,
    "PAD": _pad,
    "CONCATENATION": _concatenation,
}
