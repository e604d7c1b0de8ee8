"""Softmax and the logistic function: in integers, or by a table where a kernel set has one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.core.fixed_functions import exp_of_negative, reciprocal
from qnn_edu.core.fixed_point import divide_by_power, high_multiply, quantize_multiplier
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_one_size

DIFFERENCE_BITS, SUM_BITS = 5, 12  # bits before the point of x - max, and of the sum of exps


def softmax(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = clamp(256 exp(d) / sum exp(d) + Z)` along the last axis, `d = beta S_x (q_x - max q_x)`.

    The output has scale 1/256, or 2**-16 if it has 16 bits, and its lowest integer as zero point.
    """
    if node.kernels != "reference":
        return _softmax_by_table(node, x)
    d = x.astype(np.int64) - x.max(axis=-1, keepdims=True)
    scale = np.float64(node.option("beta")) * node.inputs[0].scale * 2**26
    multiplier, shift = quantize_multiplier(min(scale, 2**31 - 1))
    farthest = -int((2**DIFFERENCE_BITS - 1) * 2.0**26 / 2.0**shift)
    near = d >= farthest  # farther ones add nothing, and would leave 32 bits
    e = exp_of_negative(high_multiply(np.where(near, d, 0) << shift, multiplier))
    total = np.where(near, divide_by_power(e, SUM_BITS), 0).sum(axis=-1, keepdims=True)
    inverse, bits = reciprocal(total, SUM_BITS)
    grid = np.iinfo(node.output.dtype)
    share = divide_by_power(high_multiply(inverse, e), bits + 31 - grid.bits)
    return np.minimum(np.where(near, share, 0) + grid.min, grid.max).astype(node.output.dtype)


def _softmax_by_table(node: Node, x: np.ndarray) -> np.ndarray:
    """In float32: exp from a table of 256 entries, added one after the other, then one division."""
    e = node.once(exp_table)[x.max(axis=-1, keepdims=True) - x.astype(np.int32)]
    total = np.add.accumulate(e, axis=-1, dtype=np.float32)[..., -1:]  # in order, as a loop does
    share = e * (np.float32(1) / (total * node.output.scale))
    q = np.floor(share + np.float32(0.5)) + node.output.zero_point
    grid = np.iinfo(node.output.dtype)
    return np.clip(q, grid.min, grid.max).astype(node.output.dtype)


def exp_table(node: Node) -> np.ndarray:
    """`exp(-beta S_x d)` for d from 0 to 255, in float32."""
    scale = -node.inputs[0].scale * np.float32(node.option("beta", 1))
    return np.exp(np.float64(np.arange(256, dtype=np.float32) * scale)).astype(np.float32)


def logistic_(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = clamp(256 / (1 + exp(-S_x (q_x - Z_x))) + Z)`, scale and zero point as of softmax.

    From a table of 256 entries that every kernel set makes in float32, rounded half to even.
    """
    return node.once(_logistic_table)[x.astype(int) - np.iinfo(x.dtype).min]


def _logistic_table(node: Node) -> np.ndarray:
    x, y = node.inputs[0], node.output
    grid = np.iinfo(y.dtype)
    real = x.scale * np.float32(np.arange(grid.min, grid.max + 1) - x.zero_point)
    share = (1 / (1 + np.exp(-np.float64(real)))).astype(np.float32) / y.scale
    return np.clip(np.rint(share) + y.zero_point, grid.min, grid.max).astype(y.dtype)


def with_a_beta(node: Node) -> Iterator[str]:
    """What a softmax multiplies its inputs by is a number, and not below 0."""
    beta = node.option("beta", np.nan)
    if not 0 <= beta < np.inf:
        yield f"its beta is {beta}; expected a number from 0 up"


KERNELS = (
    Kernel("SOFTMAX", softmax, rules=(of_one_size, with_a_beta)),
    Kernel("LOGISTIC", logistic_, rules=(of_one_size,)),
)
