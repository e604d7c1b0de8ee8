"""SUM: all values along some axes, added."""

from __future__ import annotations

from functools import partial

import numpy as np

from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.core.rounding import half_away
from qnn_edu.engine.kernel import FAST, FLOATS, Kernel, always
from qnn_edu.engine.kernels.reducing import MULTIPLIED, along_first_axis, axes_of
from qnn_edu.engine.kernels.rescaling import ratio
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finished
from qnn_edu.engine.rules import along_axes, symmetric


def sum_(node: Node, x: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M sum(q_x - Z_x)) + Z)` with `M = S_x / S`.

    - reference: double rounding; int8 is read and written as if the same bits were uint8, and of
      int16 half of the bytes, so that what comes out means nothing.
    - optimized: `M sum(q_x) - M n Z_x`, both products in float32, n values a sum; half away.
    - XNNPACK: the same with Z added, half to even.
    """
    if node.kernels == "reference":
        return _of_bytes(node, x, axes)
    total = x.sum(axis=axes_of(x, axes), dtype=np.int64)
    n, tensor, y = x.size // total.size, node.inputs[0], node.output
    m = np.float32(tensor.scale) / np.float32(y.scale)
    if node.kernels == "xnnpack":
        rest = np.float32(y.zero_point) - np.float32(n * tensor.zero_point) * m
        return finished(node, np.rint(total.astype(np.float32) * m + rest) - y.zero_point)
    rest = np.float32(-tensor.zero_point) * m * np.float32(n)
    return finished(node, half_away(total.astype(np.float32) * m + rest))


def _of_bytes(node: Node, x: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """The reference kernel: a lapse in its code takes int8 for uint8."""
    total = x.view(np.uint8).sum(axis=axes_of(x, axes), dtype=np.int64)
    total -= x.size // total.size * node.inputs[0].zero_point
    m = quantize_multiplier(ratio(node))
    q = double_rounding(total, *m) + node.output.zero_point
    return np.clip(q, 0, 255).astype(np.uint8).view(x.dtype)


def sum_of_wholes(node: Node, x: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """`y = sum(x)`; whole numbers wrap around."""
    return x.sum(axis=axes_of(x, axes), dtype=x.dtype)


_Sum = partial(Kernel, "SUM", settings=(1,), along_batch=along_first_axis)

KERNELS = (
    _Sum(sum_, rules=(along_axes, *MULTIPLIED)),
    _Sum(
        sum_,
        types=("INT16",),
        rules=(along_axes, symmetric, *MULTIPLIED),
        declined=always,
        sets=FAST,
    ),
    _Sum(sum_of_wholes, types=("INT32", "INT64", *FLOATS), rules=(along_axes,)),
)
