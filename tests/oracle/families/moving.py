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


def _strided_slice(rng):
    """Begins and ends from either end, a mask in place of some, strides in both directions."""
    image = draw.image(rng, draw.dtype(rng))
    taken, places = (), []
    for size in image.shape[1:]:
        first, last = sorted(int(n) for n in rng.choice(size + 1, 2, replace=False))
        stride = int(rng.choice([1, 1, 2, 3, -1, -2]))
        if stride < 0:
            first, last = last - 1, first - 1 if first else -size - 1
        places.append((first - size * int(rng.integers(2)), last, stride))
        taken += (len(range(*slice(first, last, stride).indices(size))),)
    begin, end, strides = np.transpose([(0, 1, 1), *places])
    fields = {"beginMask": 1, "endMask": 1, "version": 2}
    settings = [Spec((4,), np.int32, data=each) for each in (begin, end, strides)]
    output = Spec((1, *taken), image.dtype, image.scale, image.zero_point)
    return [image, *settings], output, "StridedSliceOptions", fields


def _strided_slice_shrinking(rng):
    """One dimension is dropped, the ends of others are masked."""
    image = draw.image(rng, draw.dtype(rng))
    axis = int(rng.integers(1, 4))
    begin = [0 if n == 1 or i == 0 else int(rng.integers(n)) for i, n in enumerate(image.shape)]
    shape = [n - b for n, b in zip(image.shape, begin, strict=True)]
    del shape[axis]
    settings = [Spec((4,), np.int32, data=each) for each in (begin, [1] * 4, [1] * 4)]
    output = Spec(tuple(shape), image.dtype, image.scale, image.zero_point)
    fields = {"endMask": 15, "shrinkAxisMask": 1 << axis, "version": 2}
    return [image, *settings], output, "StridedSliceOptions", fields


FAMILIES = {
    "RESHAPE": _reshape,
    "SQUEEZE": _squeeze,
    "PAD": _pad,
    "CONCATENATION": _concatenation,
    "STRIDED_SLICE": _strided_slice,
    "STRIDED_SLICE shrinking": _strided_slice_shrinking,
}
