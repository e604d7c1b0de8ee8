"""Layers with weights: sums of products, exact, then one requantization.

`q_y = clamp(round(M * (sum (q_x - Z_x) (q_w - Z_w) + q_b)) + Z_y)` with `M = S_x S_w / S_y`.
Weights and bias that are constants are prepared once, for the node.

LiteRT unpacks weights of 4 bits and goes on as with 8; of DEPTHWISE_CONV_2D its reference kernels
lack the version that files of 4 bits state, 7. XNNPACK takes constants alone, and 4 bits only for
FULLY_CONNECTED.
Source: Jacob et al. 2018, equations 4, 7 and section 2.4.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qnn_edu.engine.kernel import INTEGERS, Kernel, Rule
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import requantizer
from qnn_edu.engine.rules import in_whole_steps, of_images, unless_images
from qnn_edu.engine.rules_of_weights import (
    centred,
    channel_by_channel,
    in_groups,
    in_rows,
    multiplied,
    row_by_row,
    with_a_bias,
)
from qnn_edu.engine.windows import Windows

DEPTHWISE = "DEPTHWISE_CONV_2D"


def conv_2d(
    node: Node, x: np.ndarray, weights: np.ndarray, bias: np.ndarray | None = None
) -> np.ndarray:
    """The module's law at every window: the sum runs over its places and all channels.

    x (n, h, w, g c), weights (filters, kernel_h, kernel_w, c), bias (filters,) int32 or none. With
    g > 1 groups, each g-th of the filters meets a g-th of the channels.
    """
    w, bias, dtype = prepared(node, weights, bias)
    windows = node.once(Windows.of)
    zero_point, finish = dtype(node.inputs[0].zero_point), node.once(requantizer)
    padded = windows.padded(x, node.inputs[0].zero_point)
    out = np.empty((len(x), *windows.size, len(bias)), node.output.dtype)
    groups = x.shape[3] // weights.shape[3]
    for images, rows in windows.blocks(len(x), windows.size[1] * len(w) * groups):
        seen = np.subtract(windows.seen(padded, images, rows), zero_point, dtype=dtype)
        taps = windows.taps(seen, rows)
        patches = np.stack(taps, axis=3) if len(taps) > 1 else taps[0][:, :, :, np.newaxis]
        acc = _products(patches, w, groups)
        acc += bias
        out[images, rows] = finish(acc).reshape(*patches.shape[:3], len(bias))
    return out


def depthwise_conv_2d(
    node: Node, x: np.ndarray, weights: np.ndarray, bias: np.ndarray | None = None
) -> np.ndarray:
    """The module's law at every window, each channel alone: channel c has the filters m c to m c +
    m - 1, m being the multiplier.

    x (n, h, w, c), weights (1, kernel_h, kernel_w, m c), bias (m c,) int32 or none.
    """
    w, bias, dtype = prepared(node, weights, bias)
    windows = node.once(Windows.of)
    zero_point, finish = dtype(node.inputs[0].zero_point), node.once(requantizer)
    padded = windows.padded(x, node.inputs[0].zero_point)
    out = np.empty((len(x), *windows.size, len(bias)), node.output.dtype)
    w = w[:, np.newaxis].repeat(windows.size[1], axis=1)  # for a whole row: numpy's loops are long
    for images, rows in windows.blocks(len(x), windows.size[1] * len(bias)):
        seen = np.subtract(windows.seen(padded, images, rows), zero_point, dtype=dtype)
        if len(bias) > x.shape[3]:
            seen = seen.repeat(len(bias) // x.shape[3], axis=3)
        first, *taps = windows.taps(seen, rows)
        acc = first * w[0]
        for tap, weight in zip(taps, w[1:], strict=True):
            acc += tap * weight
        acc += bias
        out[images, rows] = finish(acc.reshape(-1, len(bias))).reshape(acc.shape)
    return out


def fully_connected(
    node: Node, x: np.ndarray, weights: np.ndarray, bias: np.ndarray | None = None
) -> np.ndarray:
    """The module's law over all that comes in. x (..., inputs), weights (outputs, inputs)."""
    w, bias, dtype = prepared(node, weights, bias)
    zero_point = dtype(node.inputs[0].zero_point)
    acc = np.subtract(x.reshape(-1, len(w)), zero_point, dtype=dtype) @ w
    acc += bias
    return node.once(requantizer)(acc)


def _products(patches: np.ndarray, w: np.ndarray, groups: int) -> np.ndarray:
    """Each group's channels at all places times its filters, (positions, filters).

    patches (n, rows, columns, places, channels), w (places and channels of a group, filters).
    """
    if groups == 1:
        return patches.reshape(-1, len(w)) @ w
    parts = zip(np.split(patches, groups, axis=4), np.split(w, groups, axis=1), strict=True)
    return np.hstack([part.reshape(-1, len(w)) @ filters for part, filters in parts])


def prepared(
    node: Node, weights: np.ndarray, bias: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, type]:
    """`exact`, once for all runs where weights and bias are constants."""
    return exact(node, weights, bias) if computed(node) else node.once(_exact_constants)


def computed(node: Node) -> bool:
    """Whether weights or bias are computed, anew in every run."""
    return any(t is not None and t.data is None for t in node.inputs[1:3])


def _exact_constants(node: Node) -> tuple[np.ndarray, np.ndarray, type]:
    weights, bias = node.inputs[1].data, node.bias
    return exact(node, weights, None if bias is None else bias.data)


def exact(
    node: Node, weights: np.ndarray, bias: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, type]:
    """`q_w - Z_w` as (products, filters) and the bias in a float type whose sums are exact.

    No sum of some of a filter's products exceeds `sum |w| * max |q_x - Z_x| + |bias|`. Whole
    numbers up to 2**24 are exact in float32, up to 2**53 in float64, so matrix products may add
    them in any order.
    """
    image = node.inputs[0]
    filters_last = node.operator.name == DEPTHWISE
    w = weights.astype(np.int32) - np.int32(np.max(node.inputs[1].zero_point))
    w = w.reshape(-1, w.shape[-1]) if filters_last else w.reshape(len(w), -1).T
    bias = np.zeros(w.shape[1], np.int32) if bias is None else bias.ravel()
    grid = np.iinfo(image.dtype)
    largest = max(grid.max - image.zero_point, image.zero_point - grid.min)
    bound = np.abs(w).sum(axis=0, dtype=np.int64) * largest + np.abs(bias.astype(np.int64))
    dtype = np.float32 if bound.max() <= 2**24 else np.float64
    return np.ascontiguousarray(w, dtype), bias.astype(dtype), dtype


def _beyond_xnnpack(node: Node) -> bool:
    """It takes constants, centred ones in dense layers, of 8 bits or, in pairs there, of 4."""
    weights, dense = node.inputs[1], node.operator.name == "FULLY_CONNECTED"
    pairs = dense and sum(weights.shape[-1:]) % 2 == 0
    on_zero = not dense or weights.type == "UINT8" or not np.any(weights.zero_point)
    unfit = not on_zero or (weights.type == "INT4" and not pairs)
    return computed(node) or unfit or (not dense and unless_images(node))


def _layer(name: str, compute: Callable[..., np.ndarray], *rules: Rule) -> list[Kernel]:
    """Weights are of the type of the activations, or have half their bits."""
    halved = {"INT8": ("INT8", "INT4"), "UINT8": ("UINT8",)}
    return [
        Kernel(
            name,
            compute,
            (kind,),
            weights=halved[kind],
            rules=rules,
            declined=_beyond_xnnpack,
            along_batch=computed,
        )
        for kind in INTEGERS
    ]


_FILTERS = (of_images, row_by_row(4))
_CONV = (centred(0), *_FILTERS, in_groups, with_a_bias(0), in_whole_steps, multiplied)
_DEPTHWISE = (centred(-1), *_FILTERS, channel_by_channel, with_a_bias(-1), in_whole_steps)
_DENSE = (centred(0), row_by_row(2), in_rows, with_a_bias(0), multiplied)

KERNELS = (
    *_layer("CONV_2D", conv_2d, *_CONV),
    *_layer(DEPTHWISE, depthwise_conv_2d, *_DEPTHWISE, multiplied),
    *_layer("FULLY_CONNECTED", fully_connected, *_DENSE),
)
