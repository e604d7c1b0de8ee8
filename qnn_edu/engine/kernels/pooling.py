"""Pooling: what a window sees becomes one value, channel by channel."""

from __future__ import annotations

import numpy as np

from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import in_whole_steps, of_images
from qnn_edu.engine.windows import Windows


def average_pool_2d(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = clamp(sum / count)`, rounded half away from zero; padding counts for nothing.

    Input and output have one scale and zero point, so integers are averaged as they are.
    """
    windows = node.once(Windows.of)
    ones = windows.padded(np.ones((1, *x.shape[1:3], 1), np.int32), 0)
    total, count = (reduced(windows, np.add, each) for each in (windows.padded(x, 0), ones))
    mean = np.sign(total) * ((np.abs(total) + count // 2) // count)
    return np.clip(mean, *node.clamp()).astype(node.output.dtype)


def max_pool_2d(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = clamp(max)`; padding is lower than anything."""
    windows = node.once(Windows.of)
    largest = reduced(windows, np.maximum, windows.padded(x, np.iinfo(x.dtype).min))
    return np.clip(largest, *node.clamp()).astype(node.output.dtype)


def reduced(windows: Windows, function: np.ufunc, padded: np.ndarray) -> np.ndarray:
    """`function` over the places of each window, in int32 or float32."""
    first, *others = windows.taps(padded, slice(0, windows.size[0]))
    total = first.astype(np.float32 if padded.dtype == np.float32 else np.int32)
    for tap in others:
        function(total, tap, out=total)
    return total


_RULES = (of_images, in_whole_steps)

KERNELS = (
    Kernel("AVERAGE_POOL_2D", average_pool_2d, one_scale=True, rules=_RULES),
    Kernel("MAX_POOL_2D", max_pool_2d, one_scale=True, rules=_RULES),
)
