"""Depthwise separable networks: MobileNet v1, and one of its shape for digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qnn_edu.nets.models.blocks import norm_relu, plain_conv
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras

# MobileNet v1's thirteen blocks, counted from 1: channels at full width, and who halves the image.
CHANNELS = (64, 128, 128, 256, 256, *[512] * 6, 1024, 1024)
HALVING = (2, 4, 6, 12)


def digits_net(*, classes: int = 10) -> keras.Model:
    """A small depthwise-separable network for 8x8 digits: float32 (n, 8, 8, 1) -> (n, classes).

    The shape of MobileNet v1 in small: one convolution, then three times a depthwise and a
    pointwise one, each with batch normalisation and ReLU, then an average over the image, a dense
    layer and a softmax. 9,610 numbers with 10 classes. Randomness comes from
    `keras.utils.set_random_seed`.

    Source: Howard et al. 2017, "MobileNets", table 1.

    >>> digits_net().count_params()
    9610
    """
    keras = load_keras()

    image = keras.Input((8, 8, 1), name="image")
    x = norm_relu(keras.layers.Conv2D(16, 3, padding="same", use_bias=False, name="conv"))(image)
    x = _separable(x, channels=32, stride=1, name="block1")
    x = _separable(x, channels=64, stride=2, name="block2")
    x = _separable(x, channels=64, stride=1, name="block3")
    x = keras.layers.GlobalAveragePooling2D(name="average")(x)
    x = keras.layers.Dense(classes, name="dense")(x)
    return keras.Model(image, keras.layers.Softmax(name="softmax")(x), name="digits_net")


def mobilenet_v1(
    *, classes: int = 10, width: float = 0.25, first_stride: int = 1, size: int = 32
) -> keras.Model:
    """MobileNet v1 for colour images: float32 (n, size, size, 3) -> (n, classes).

    One convolution, then thirteen times a depthwise and a pointwise one, each with batch
    normalisation and ReLU6; then an average over the image, a dense layer and a softmax. `width`
    multiplies the channels of the paper (32 to 1024, at least 8 remain). Four blocks halve the
    image, and with `first_stride` 2, as in the paper, the first convolution does too: 1 suits
    images of 32x32. Images hold values from 0 to 1. ReLU6 bounds every activation between
    convolutions, so that one outlier cannot widen the range of a tensor.

    Raises:
        ValueError: a width that is not above 0, a first stride that is not 1 or 2, an image that is
            halved to less than one pixel.

    Source: Howard et al. 2017, "MobileNets", table 1; ReLU6 as in Krishnamoorthi 2018.

    >>> mobilenet_v1().count_params(), mobilenet_v1(width=1, classes=1000).count_params()
    (221114, 4253864)
    """
    if not (width > 0 and first_stride in (1, 2) and size >= 16 * first_stride):
        raise ValueError(
            "mobilenet_v1: expected a width above 0, a first stride of 1 or 2, and a size of at "
            f"least 16 times that; got {width!r}, {first_stride!r} and {size!r}."
        )
    keras = load_keras()

    image = keras.Input((size, size, 3), name="image")
    x = norm_relu(plain_conv(_thin(32, width), 3, "conv", first_stride), limit=6)(image)
    for number, channels in enumerate(CHANNELS, start=1):
        stride, name = 2 if number in HALVING else 1, f"block{number}"
        x = _separable(x, channels=_thin(channels, width), stride=stride, name=name, limit=6)
    x = keras.layers.GlobalAveragePooling2D(name="average")(x)
    x = keras.layers.Dense(classes, name="dense")(x)
    return keras.Model(image, keras.layers.Softmax(name="softmax")(x), name="mobilenet_v1")


def _thin(channels: int, width: float) -> int:
    return max(8, int(channels * width))


def _separable(x: Any, *, channels: int, stride: int, name: str, limit: int | None = None) -> Any:
    """A 3x3 filter in each channel, then a 1x1 convolution that mixes the channels."""
    keras = load_keras()

    depthwise = keras.layers.DepthwiseConv2D(
        3, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise"
    )
    pointwise = keras.layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_pointwise")
    return norm_relu(pointwise, limit)(norm_relu(depthwise, limit)(x))
