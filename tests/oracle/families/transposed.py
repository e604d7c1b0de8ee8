"""Transposed convolutions."""

import numpy as np

from tests.oracle import draw
from tests.oracle.one_operator import Spec


def _transpose_conv(rng):
    dtype = draw.dtype(rng)
    image = draw.image(rng, dtype)
    kernel, stride = rng.integers(1, 5, 2), rng.integers(1, 4, 2)
    padding = int(rng.integers(2))
    size = np.array(image.shape[1:3])
    if padding == draw.SAME:
        size = size * stride - rng.integers(0, stride)
    else:
        size = (size - 1) * stride + kernel + rng.integers(0, stride)
    filters = int(rng.integers(1, 40))
    weights = draw.weights(rng, (filters, *map(int, kernel), image.shape[3]), 0, dtype)
    shape = (1, int(size[0]), int(size[1]), filters)
    met = image.shape[3] * max(1, np.prod(kernel) // np.prod(stride))
    output = draw.output(rng, image, weights, shape, met)
    layer = draw.with_bias(rng, image, weights, filters)
    settings = Spec((4,), np.int32, data=shape)
    fields = {"padding": padding, "strideH": int(stride[0]), "strideW": int(stride[1])}
    bias = [] if rng.random() < 0.3 else [_moved(layer[2])]
    if rng.random() < 0.5 and bias:
        fields |= {"fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS)), "version": 4}
    else:
        fields["version"] = 3 if bias else 2
    return [settings, weights, image, *bias], output, "TransposeConvOptions", fields


def _moved(bias):
    return Spec(bias.shape, bias.dtype, bias.scale, 0, 0, bias.data, product_of=(1, 2))


FAMILIES = {"TRANSPOSE_CONV": _transpose_conv}
