"""Operators that gather all values along some axes into one."""

from __future__ import annotations

import numpy as np

from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.kernels.rescaling import ratio
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finisher
from qnn_edu.engine.rules import within_32_bits


def mean(node: Node, x: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M (sum - n Z_x)) + Z)` with `M = S_x / (n S)`, n values a sum.

    The division by n goes into the multiplier: as many bits of `multiplier * 2**b / n` as 32 hold.
    """
    along = axes_of(x, axes)
    total = x.sum(axis=along, dtype=np.int64)
    n = x.size // total.size
    zero_point, scale = node.inputs[0].zero_point, node.inputs[0].scale
    vectorized = node.kernels == "optimized" and x.dtype != np.int16
    if vectorized and node.option("keep_dims") and along == (1, 2):
        return _vectorized_mean(node, total, n)
    total -= n * zero_point
    if node.kernels == "xnnpack":  # the zero point comes before the rounding, and moves ties
        m, offset = scale / (np.float32(n) * node.output.scale), np.float32(node.output.zero_point)
        rounded = np.rint(total.astype(np.float32) * m + offset) - offset
        return finisher(node, lambda rounded: rounded)(rounded)
    multiplier, shift = quantize_multiplier(ratio(node))
    bits = min(n.bit_length() - 1, 32, 31 + shift)
    rule = (multiplier << bits) // n, shift - bits
    return finisher(node, lambda acc: double_rounding(acc, *rule))(total)


def _vectorized_mean(node: Node, total: np.ndarray, n: int) -> np.ndarray:
    """`q = clamp(round(M sum) + Z - round(Z_x S_x / S))`, M and the offset in float32.

    Sixteen channels of int8 at once round half up in the second step; what is left over does not.
    """
    tensor, output, channels = node.inputs[0], node.output, total.shape[-1]
    rule = quantize_multiplier(np.float64(tensor.scale / (np.float32(n) * output.scale)))
    offset = np.float32(tensor.zero_point) * tensor.scale / output.scale
    offset = np.trunc(offset + np.copysign(np.float32(0.5), offset)).astype(np.int64)
    up = (np.arange(channels) < channels // 16 * 16) & (output.dtype == np.int8)
    return finisher(node, lambda acc: double_rounding(acc, *rule, ties_up=up) - offset)(total)


def arg_max(node: Node, x: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """The place of the largest value, the first where there are several."""
    return x.argmax(axis=int(axis.ravel()[0])).astype(node.output.dtype)


def axes_of(x: np.ndarray, axes: np.ndarray) -> tuple[int, ...]:
    """Each axis once, counted from the front."""
    return tuple(sorted({int(axis) % x.ndim for axis in axes.ravel()}))


def along_first_axis(node: Node) -> bool:
    """The second input names the axes; below 0 they are counted from the end."""
    return bool((node.inputs[1].data <= 0).any())


MULTIPLIED = (within_32_bits(ratio),)

KERNELS = (
    Kernel("MEAN", mean, settings=(1,), rules=MULTIPLIED, along_batch=along_first_axis),
    Kernel("ARG_MAX", arg_max, to=("INT32", "INT64"), settings=(1,), along_batch=along_first_axis),
)
