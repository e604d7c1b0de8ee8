"""Operators on pairs of values."""

from __future__ import annotations

from math import frexp

import numpy as np

from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
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
    if node.kernels == "xnnpack":
        return finisher(node, float32_rule(s * t / node.output.scale))(x * y)
    return rescaled(node, x * y, s * t / node.output.scale)


def _sum(node: Node, a: np.ndarray, b: np.ndarray, sign: int) -> np.ndarray:
    """Each input is brought to a scale of 2 max(S_a, S_b) / 2**20, where both fit; then the sum."""
    x, y = offset(node, a, b)
    s, t = (tensor.scale for tensor in node.inputs)
    if node.kernels == "xnnpack":
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


def _far_apart(node: Node) -> bool:
    """XNNPACK takes sums whose inputs have scales of 2**-10 to below 2**8 of the output's."""
    ratios = [tensor.scale / node.output.scale for tensor in node.inputs]
    return not all(2**-10 <= ratio < 2**8 for ratio in ratios)


_PAIR = (0, 1)

KERNELS = (
    Kernel("ADD", add, values=_PAIR, declined=_far_apart),
    Kernel("SUB", sub, values=_PAIR, declined=_far_apart),
    Kernel("MUL", mul, values=_PAIR),
)
