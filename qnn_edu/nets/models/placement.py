"""A small network whose fake quantizers stand wherever one wants to try them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.nets.quiet import load_tensorflow

if TYPE_CHECKING:
    import tensorflow as tf

IMAGE_RANGE = (-1, 127 / 128)  # bytes 0 to 255, less 128, over 128
BEFORE_RANGE = (-1, 1)
AFTER_RANGE = (0, 6)


@dataclass(frozen=True)
class Placement:
    """Where fake quantizers stand in `two_convolutions`, and what ranges those of the weights have.

    `image`, `weights`, `bias`, `before_relu` (between a convolution and its ReLU6) and `after_relu`
    say where. `narrow`: 254 steps instead of 255; `symmetric`: from -a to a, a the largest size,
    instead of from the smallest weight to the largest; `per_channel`: each filter by its own.
    The default is what LiteRT wants.

    >>> Placement(narrow=False).narrow, Placement().narrow
    (False, True)
    """

    image: bool = True
    weights: bool = True
    bias: bool = False
    before_relu: bool = False
    after_relu: bool = True
    narrow: bool = True
    symmetric: bool = True
    per_channel: bool = False


def two_convolutions(
    placement: Placement, *, size: int = 64, filters: Sequence[int] = (8, 12)
) -> tf.types.experimental.PolymorphicFunction:
    """Convolutions of 3 x 3 with bias and ReLU6 on a colour image, as a TensorFlow function.

    Float32 (n, size, size, 3), as a file (1, size, size, 3), to (n, size, size, filters[-1]), with
    random weights, always the same.

    >>> two_convolutions(Placement(), size=8)(np.zeros((1, 8, 8, 3), np.float32)).shape
    TensorShape([1, 8, 8, 12])
    """
    tf = load_tensorflow()
    layers = random_layers(filters)

    def network(image: Any) -> Any:
        x = fake_quant(image, *IMAGE_RANGE) if placement.image else image
        for k, (weight, bias) in enumerate(layers, 1):
            w, b = tf.constant(weight, name=f"w{k}"), tf.constant(bias, name=f"b{k}")
            if placement.weights:
                w = _quantized(w, *_weight_range(weight, placement), placement)
            if placement.bias:
                b = fake_quant(b, -np.abs(bias).max(), np.abs(bias).max())
            x = tf.nn.conv2d(x, w, strides=1, padding="SAME") + b
            if placement.before_relu:
                x = fake_quant(x, *BEFORE_RANGE)
            x = tf.nn.relu6(x, name=f"relu{k}")
            if placement.after_relu:
                x = fake_quant(x, *AFTER_RANGE)
        return x

    spec = tf.TensorSpec((None, size, size, 3), name="image")
    return tf.function(network, input_signature=[spec], autograph=False)


def random_layers(filters: Sequence[int] = (8, 12)) -> list[tuple[np.ndarray, np.ndarray]]:
    """A (weight, bias) for each convolution, float32: (3, 3, in, out) and (out,).

    >>> [(weight.shape, bias.shape) for weight, bias in random_layers()]
    [((3, 3, 3, 8), (8,)), ((3, 3, 8, 12), (12,))]
    """
    rng, layers, channels = np.random.default_rng(0), [], 3
    for n in filters:
        weight = rng.normal(0, 0.5 / np.sqrt(channels), (3, 3, channels, n))
        layers.append((np.float32(weight), np.float32(rng.normal(0, 0.2, n))))
        channels = n
    return layers


def fake_quant(x: Any, lo: float, hi: float, *, narrow: bool = False) -> tf.Tensor:
    """TensorFlow's fake quantizer of 8 bits, one range for the whole tensor.

    >>> float(fake_quant(np.float32(2.01), 0, 255))
    2.0
    """
    quantizer = load_tensorflow().quantization.fake_quant_with_min_max_vars
    return quantizer(x, np.float32(lo), np.float32(hi), num_bits=8, narrow_range=narrow)


def _weight_range(weight: np.ndarray, placement: Placement) -> tuple[np.ndarray, np.ndarray]:
    axes = (0, 1, 2) if placement.per_channel else None
    lo, hi = weight.min(axis=axes), weight.max(axis=axes)
    if not placement.symmetric:
        return lo, hi
    largest = np.maximum(-lo, hi)
    return -largest, largest


def _quantized(w: Any, lo: np.ndarray, hi: np.ndarray, placement: Placement) -> tf.Tensor:
    if not placement.per_channel:
        return fake_quant(w, lo, hi, narrow=placement.narrow)
    quantizer = load_tensorflow().quantization.fake_quant_with_min_max_vars_per_channel
    return quantizer(w, lo, hi, num_bits=8, narrow_range=placement.narrow)
