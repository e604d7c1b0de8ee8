"""Operators on pairs of values, whose shapes broadcast.

A result of "optimized" passes through 16 bits where it works on several values at once: what is 128
times farther out than the output reaches would come back from the other side, and is clamped here.
"""

from __future__ import annotations

from functools import partial
from math import frexp

import numpy as np

from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.engine.broadcasting import broadcasting, meets_batch
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finisher, float32_rule, offset, rescaled

LEFT_SHIFT = 20  # places after the point that a sum of two scales keeps


def add(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M_a (q_a - Z_a) + M_b (q_b - Z_b)) + Z)`, shapes broadcast."""
    return _sum(node, a, b, 1)


def sub(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """As `add`, the second input negated."""
    return _sum(node, a, b, -1)


def mul(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M (q_a - Z_a) (q_b - Z_b)) + Z)` with `M = S_a S_b / S`."""
    (x, y), (s, t) = offset(node, a, b), (each.scale for each in node.inputs)
    scale = s * t / node.output.scale
    if xnnpack_takes(node, scale, least=2**-16):
        return finisher(node, float32_rule(scale))(x * y)
    return rescaled(node, x * y, scale)


def _sum(node: Node, a: np.ndarray, b: np.ndarray, sign: int) -> np.ndarray:
    """Each input is brought to a scale of 2 max(S_a, S_b) / 2**20, where both fit; then the sum."""
    x, y = offset(node, a, b)
    s, t = (tensor.scale for tensor in node.inputs)
    if xnnpack_takes(node, *(each.scale / node.output.scale for each in node.inputs), least=2**-10):
        return _xnnpack_sum(node, x, y * sign)
    twice = 2 * np.float64(max(s, t))
    m, n = (quantize_multiplier(np.float64(scale) / twice) for scale in (s, t))
    total = double_rounding(x << LEFT_SHIFT, *m) + sign * double_rounding(y << LEFT_SHIFT, *n)
    return rescaled(node, total, twice / (2**LEFT_SHIFT * np.float64(node.output.scale)))


def _xnnpack_sum(node: Node, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """One shift for both: the larger multiplier has 21 bits, and the sum is rounded half up."""
    a, b = (np.float32(t.scale / node.output.scale) for t in node.inputs)
    shift = LEFT_SHIFT - (frexp(max(a, b))[1] - 1)
    m, n = (int(np.rint(np.ldexp(each, shift))) for each in (a, b))
    return finisher(node, lambda acc: (acc + (1 << (shift - 1))) >> shift)(x * m + y * n)


def xnnpack_takes(node: Node, *ratios: np.float32, least: float) -> bool:
    """Whether XNNPACK computes at such ratios of scales; it leaves others to "optimized"."""
    return node.kernels == "xnnpack" and all(least <= ratio < 2**8 for ratio in ratios)


_Pair = partial(Kernel, values=(0, 1), rules=(broadcasting,), along_batch=meets_batch)

KERNELS = (
    _Pair("ADD", add),
    _Pair("SUB", sub),
    _Pair("MUL", mul),
)
