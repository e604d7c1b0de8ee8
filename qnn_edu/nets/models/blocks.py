"""What the networks are built of: a convolution, and what stands behind one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras


def plain_conv(
    channels: int, size: int, name: str, stride: int = 1, *, use_bias: bool = False
) -> keras.Layer:
    """A convolution without activation; its bias, if any, comes from the normalisation after it.

    >>> plain_conv(16, 3, "conv", 2).strides
    (2, 2)
    """
    keras = load_keras()

    return keras.layers.Conv2D(
        channels, size, strides=stride, padding="same", use_bias=use_bias, name=name
    )


def norm_relu(layer: keras.Layer, limit: int | None = None) -> Callable[[Any], Any]:
    """`layer`, then batch normalisation, then ReLU, cut off at `limit` if there is one.

    >>> image = load_keras().Input((8, 8, 1))
    >>> norm_relu(plain_conv(16, 3, "conv"))(image).name
    'keras_tensor...'
    """
    keras = load_keras()

    norm = keras.layers.BatchNormalization(name=f"{layer.name}_norm")
    relu = keras.layers.ReLU(limit, name=f"{layer.name}_relu")
    return lambda x: relu(norm(layer(x)))
