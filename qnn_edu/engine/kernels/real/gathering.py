"""Operators that gather many real numbers into one."""

from __future__ import annotations

from functools import partial

import numpy as np

from qnn_edu.engine.kernel import FLOATS, Kernel
from qnn_edu.engine.kernels.nonlinear import with_a_beta
from qnn_edu.engine.kernels.pooling import reduced
from qnn_edu.engine.kernels.reducing import along_first_axis, arg_max, axes_of
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import activated
from qnn_edu.engine.rules import in_whole_steps, of_images, of_one_size
from qnn_edu.engine.windows import Windows


def average_pool_2d(node: Node, x: np.ndarray) -> np.ndarray:
    """`y = activation(sum / count)`; padding counts for nothing."""
    windows = node.once(Windows.of)
    ones = windows.padded(np.ones((1, *x.shape[1:3], 1), np.float32), 0)
    total, count = (reduced(windows, np.add, each) for each in (windows.padded(x, 0), ones))
    return activated(node, total / count)


def max_pool_2d(node: Node, x: np.ndarray) -> np.ndarray:
    """`y = activation(max)`; padding is lower than anything."""
    windows = node.once(Windows.of)
    return activated(node, reduced(windows, np.maximum, windows.padded(x, -np.inf)))


def mean(node: Node, x: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """`y = sum / n` along the axes."""
    return x.mean(axis=axes_of(x, axes))


def softmax(node: Node, x: np.ndarray) -> np.ndarray:
    """`y = exp(d) / sum exp(d)` along the last axis, `d = beta (x - max x)`."""
    e = np.exp((x - x.max(axis=-1, keepdims=True)) * np.float32(node.option("beta")))
    return e / e.sum(axis=-1, keepdims=True)


_RULES = (of_images, in_whole_steps)
_Along = partial(Kernel, types=FLOATS, settings=(1,), along_batch=along_first_axis)

KERNELS = (
    Kernel("AVERAGE_POOL_2D", average_pool_2d, FLOATS, rules=_RULES),
    Kernel("MAX_POOL_2D", max_pool_2d, FLOATS, rules=_RULES),
    _Along("MEAN", mean),
    _Along("ARG_MAX", arg_max, to=("INT32", "INT64")),
    Kernel("SOFTMAX", softmax, FLOATS, rules=(of_one_size, with_a_beta)),
)
