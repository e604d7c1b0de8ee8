"""Layers with weights, on real numbers: `y = activation(sum x w + b)`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qnn_edu.engine.kernel import FLOATS, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import activated
from qnn_edu.engine.rules import in_whole_steps, of_images
from qnn_edu.engine.rules_of_weights import (
    channel_by_channel,
    in_groups,
    in_rows,
    row_by_row,
    with_a_bias,
)
from qnn_edu.engine.windows import Windows

Sums = Callable[[Node, np.ndarray, np.ndarray], np.ndarray]


def conv_2d(node: Node, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """x (n, h, w, g c), weights (filters, kernel_h, kernel_w, c), in g groups."""
    places = weights.reshape(len(weights), -1, weights.shape[3]).transpose(1, 2, 0)
    groups = x.shape[3] // weights.shape[3]
    taps = (np.split(tap, groups, axis=3) for tap in _taps(node, x))
    parts = (np.split(w, groups, axis=1) for w in places)
    pairs = zip(taps, parts, strict=True)
    each = (np.concatenate([a @ b for a, b in zip(*one, strict=True)], axis=3) for one in pairs)
    return sum(each, np.zeros((), x.dtype))


def depthwise_conv_2d(node: Node, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """x (n, h, w, c), weights (1, kernel_h, kernel_w, m c)."""
    filters = weights.shape[3]
    taps = _taps(node, x.repeat(filters // x.shape[3], axis=3))
    products = (tap * w for tap, w in zip(taps, weights.reshape(-1, filters), strict=True))
    return sum(products, np.zeros((), x.dtype))


def fully_connected(node: Node, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """x (..., inputs), weights (outputs, inputs), constant or computed."""
    return x.reshape(-1, weights.shape[1]) @ weights.T


def finished(node: Node, total: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
    """The sums with a bias, if there is one, and the fused activation."""
    return activated(node, total if bias is None else total + bias.ravel())


def _taps(node: Node, x: np.ndarray) -> list[np.ndarray]:
    """What each place of the kernel meets, row by row."""
    windows = node.once(Windows.of)
    return windows.taps(windows.padded(x, 0), slice(0, windows.size[0]))


def _of(sums: Sums) -> Callable[..., np.ndarray]:
    """The kernel of a layer; bias (filters,) or none."""

    def kernel(
        node: Node, x: np.ndarray, weights: np.ndarray, bias: np.ndarray | None = None
    ) -> np.ndarray:
        return finished(node, sums(node, x, weights), bias)

    return kernel


_BIAS, _BIAS_OF_CHANNELS = with_a_bias(0, "FLOAT32"), with_a_bias(-1, "FLOAT32")
_IMAGES = of_images, row_by_row(4)
LAYERS = {  # the sums of each, and its rules
    "CONV_2D": (conv_2d, (*_IMAGES, in_groups, _BIAS, in_whole_steps)),
    "DEPTHWISE_CONV_2D": (
        depthwise_conv_2d,
        (*_IMAGES, channel_by_channel, _BIAS_OF_CHANNELS, in_whole_steps),
    ),
    "FULLY_CONNECTED": (fully_connected, (row_by_row(2), in_rows, _BIAS)),
}

KERNELS = tuple(
    Kernel(name, _of(sums), FLOATS, weights=FLOATS, rules=rules)
    for name, (sums, rules) in LAYERS.items()
)
