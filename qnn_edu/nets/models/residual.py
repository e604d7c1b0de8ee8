"""Residual networks for small colour images: ResNet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qnn_edu.nets.models.blocks import norm_relu, plain_conv
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras


def resnet(depth: int = 8, *, classes: int = 10, width: int = 16) -> keras.Model:
    """A residual network for 32x32 colour images: float32 (n, 32, 32, 3) -> (n, classes).

    One convolution, then three stages of `(depth - 2) / 6` residual blocks with `width`, 2 `width`
    and 4 `width` channels, each stage after the first at half the resolution; then an average
    over the image, a dense layer and a softmax. Where a block changes the shape, its shortcut is a
    1x1 convolution. Depth 8 and width 16 is the network of MLPerf Tiny's image classification:
    12.5 million multiply-adds an image. Images hold values from 0 to 1.

    Raises:
        ValueError: a depth that is not 8, 14, 20, ...

    Source: He et al. 2015, "Deep residual learning", section 4.2; Banbury et al. 2021, "MLPerf
    Tiny benchmark".

    >>> resnet(8).count_params(), resnet(20).count_params()
    (78426, 273754)
    """
    if not (isinstance(depth, int) and depth >= 8 and depth % 6 == 2):
        raise ValueError(f"resnet: depth must be 8, 14, 20, ... (6 n + 2), got {depth!r}.")
    keras = load_keras()

    image = keras.Input((32, 32, 3), name="image")
    x = norm_relu(plain_conv(width, 3, "conv"))(image)
    for stage in range(3):
        for block in range((depth - 2) // 6):
            stride = 2 if stage > 0 and block == 0 else 1
            x = _residual(x, width * 2**stage, stride, f"stage{stage + 1}_block{block + 1}")
    x = keras.layers.GlobalAveragePooling2D(name="average")(x)
    x = keras.layers.Dense(classes, name="dense")(x)
    return keras.Model(image, keras.layers.Softmax(name="softmax")(x), name=f"resnet{depth}")


def _residual(x: Any, channels: int, stride: int, name: str) -> Any:
    """Two 3x3 convolutions, added to their input (brought to their shape by a 1x1 convolution)."""
    keras = load_keras()

    y = norm_relu(plain_conv(channels, 3, f"{name}_conv1", stride))(x)
    second = plain_conv(channels, 3, f"{name}_conv2")
    y = keras.layers.BatchNormalization(name=f"{name}_conv2_norm")(second(y))
    if x.shape[-1] != channels or stride > 1:
        x = plain_conv(channels, 1, f"{name}_shortcut", stride, use_bias=True)(x)
    return keras.layers.ReLU(name=f"{name}_relu")(keras.layers.Add(name=f"{name}_add")([x, y]))
