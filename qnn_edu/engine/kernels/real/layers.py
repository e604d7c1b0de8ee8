"""Layers with weights, on real numbers: `y = activation(sum x w + b)`."""

from __future__ import annotations

import numpy as np

from qnn_edu.engine.kernel import FLOATS, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import activated
from qnn_edu.engine.rules import in_whole_steps, of_images
from qnn_edu.engine.rules_of_weights import (
    channel_by_channel,
    in_one_group,
    in_rows,
    row_by_row,
    with_a_bias,
)
from qnn_edu.engine.windows import Windows


def conv_2d(
    node: Node, x: np.ndarray, weights: np.ndarray, bias: np.ndarray | None = None
) -> np.ndarray:
    """x (n, h, w, c), weights (filters, kernel_h, kernel_w, c), bias (filters,) or none."""
    places = weights.reshape(len(weights), -1, weights.shape[3]).transpose(1, 2, 0)
    products = (tap @ w for tap, w in zip(_taps(node, x), places, strict=True))
    return _finished(node, sum(products), bias)


def depthwise_conv_2d(
    node: Node, x: np.ndarray, weights: np.ndarray, bias: np.ndarray | None = None
) -> np.ndarray:
    """x (n, h, w, c), weights (1, kernel_h, kernel_w, m c), bias (m c,) or none."""
    filters = weights.shape[3]
    taps = _taps(node, x.repeat(filters // x.shape[3], axis=3))
    products = (tap * w for tap, w in zip(taps, weights.reshape(-1, filters), strict=True))
    return _finished(node, sum(products), bias)


def fully_connected(
    node: Node, x: np.ndarray, weights: np.ndarray, bias: np.ndarray | None = None
) -> np.ndarray:
    """x (..., inputs), weights (outputs, inputs), constant or computed."""
    return _finished(node, x.reshape(-1, weights.shape[1]) @ weights.T, bias)


def _taps(node: Node, x: np.ndarray) -> list[np.ndarray]:
    """What each place of the kernel meets, row by row."""
    windows = Windows.over(node, x)
    return windows.taps(windows.padded(x, 0), slice(0, windows.size[0]))


def _finished(node: Node, total: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
    return activated(node, total if bias is None else total + bias.ravel())


_BIAS, _BIAS_OF_CHANNELS = with_a_bias(0, "FLOAT32"), with_a_bias(-1, "FLOAT32")
_IMAGES = of_images, row_by_row(4)

KERNELS = (
    Kernel(
        "CONV_2D",
        conv_2d,
        FLOATS,
        weights=FLOATS,
        rules=(*_IMAGES, in_one_group, _BIAS, in_whole_steps),
    ),
    Kernel(
        "DEPTHWISE_CONV_2D",
        depthwise_conv_2d,
        FLOATS,
        weights=FLOATS,
        rules=(*_IMAGES, channel_by_channel, _BIAS_OF_CHANNELS, in_whole_steps),
    ),
    Kernel(
        "FULLY_CONNECTED",
        fully_connected,
        FLOATS,
        weights=FLOATS,
        rules=(row_by_row(2), in_rows, _BIAS),
    ),
)
