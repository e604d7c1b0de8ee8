"""Tensors drawn at random, for the families of random models."""

import numpy as np

from tests.oracle.one_operator import Spec

ACTIVATIONS = (0, 1, 3)  # the schema's numbers for none, RELU and RELU6
SAME, VALID = 0, 1


def values(rng, spec):
    """What a tensor may hold: any integer of its type; of real numbers, half are ties of a scale.

    A spec that says what it may hold, as indices do, draws it itself.
    """
    if spec.draw is not None:
        return np.asarray(spec.draw(rng), spec.dtype)
    kind = np.dtype(spec.dtype).kind
    if kind == "b":
        return rng.random(spec.shape) < 0.5
    if kind == "f":
        return _real_values(rng, spec)
    grid = np.iinfo(spec.dtype)
    return rng.integers(grid.min, grid.max + 1, spec.shape).astype(spec.dtype)


def _real_values(rng, spec):
    if spec.scale is None:
        return rng.normal(0, 1, spec.shape).astype(np.float32)
    ties = (rng.integers(-200, 200, spec.shape) + 0.5) * np.float32(spec.scale)
    tied = rng.random(spec.shape) < 0.5
    return np.where(tied, ties, rng.normal(0, 1, spec.shape)).astype(np.float32)


def dtype(rng):
    """int8, or the uint8 of 2018."""
    return rng.choice([np.int8, np.uint8], p=[0.7, 0.3])


def scale(rng, low=0.005, high=0.2):
    return np.float32(np.exp(rng.uniform(np.log(low), np.log(high))))


def zero_point(rng, dtype):
    """Any integer of 8 bits; those of 16 are centred."""
    if dtype == np.int16:
        return 0
    grid = np.iinfo(dtype)
    return int(rng.integers(grid.min, grid.max + 1))


def activation(rng, shape, dtype, **kwargs):
    return Spec(shape, dtype, scale(rng), zero_point(rng, dtype), **kwargs)


def image(rng, dtype, channels=None):
    height, width = rng.integers(1, 12, 2)
    shape = (1, int(height), int(width), channels or int(rng.integers(1, 40)))
    return activation(rng, shape, dtype)


def windows(rng, image, dilated=True):
    """(kernel, fields, output height and width) of windows that fit the image."""
    kernel, stride = rng.integers(1, 5, 2), rng.integers(1, 4, 2)
    dilation = rng.integers(1, 3, 2) if dilated and rng.random() < 0.3 else np.array([1, 1])
    size, reach = np.array(image.shape[1:3]), (kernel - 1) * dilation + 1
    padding = SAME if (reach > size).any() else int(rng.integers(2))
    out = -(-size // stride) if padding == SAME else (size - reach) // stride + 1
    fields = {"padding": padding, "strideH": int(stride[0]), "strideW": int(stride[1])}
    if dilated:
        fields |= {"dilationHFactor": int(dilation[0]), "dilationWFactor": int(dilation[1])}
    return [int(k) for k in kernel], fields, tuple(int(n) for n in out)


def weights(rng, shape, axis, dtype):
    """Weights, per channel or per tensor for int8, and their scales as float32."""
    if dtype == np.uint8:
        spec = activation(rng, shape, dtype)
        return Spec(shape, dtype, spec.scale, spec.zero_point, data=values(rng, spec))
    channels = shape[axis] if rng.random() < 0.7 else 1
    scales = np.array([scale(rng, 0.001, 0.05) for _ in range(channels)])
    return Spec(shape, dtype, scales, 0, axis, rng.integers(-127, 128, shape))


def with_bias(rng, image, weights, count, dtype=np.int32):
    """The first three inputs of a layer; the bias has the product of the others' scales."""
    product = np.float32(image.scale) * np.float32(weights.scale)
    sums = np.round(rng.normal(0, 1, count) / product)
    return [image, weights, Spec((count,), dtype, product, 0, 0, sums, product_of=(0, 1))]


def output(rng, image, weights, shape, products):
    """An output whose scale fits what comes: some values are clamped, most are not."""
    steps = 64 if image.dtype == np.int8 else 90
    deviation = float(np.max(weights.scale)) * steps * float(image.scale) * 75 * products**0.5
    fitting = np.float32(deviation / 127 * np.exp(rng.uniform(-0.5, 1.5)))
    return Spec(shape, image.dtype, fitting, zero_point(rng, image.dtype))
