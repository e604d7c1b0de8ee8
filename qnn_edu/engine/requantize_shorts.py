"""From sums to 16 bits: the rule of each kernel set.

A layer adds up in 64 bits, or in 32 where its bias has 32, and there a sum that leaves them wraps.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.engine.node import Node

Rule = Callable[[np.ndarray], np.ndarray]  # sums (rows, channels) -> whole numbers, int64 or float
BELOW_HALF = np.nextafter(0.5, 0)


def rule_of_shorts(node: Node) -> Rule:
    """Which rule a kernel set has for which layer of 16 bits."""
    x, w, y = (np.atleast_1d(t.scale).astype(np.float64) for t in (*node.inputs[:2], node.output))
    wide = node.bias is None or node.bias.type == "INT64"
    if node.operator.name == "FULLY_CONNECTED":
        return float64_rule(x * w / y)
    return wide_rule(x * w / y) if wide else narrow_rule(x * w / y)


def wide_rule(scale: np.ndarray) -> Rule:
    """Sums of 64 bits: the multiplier keeps 15 of its 31 bits, and rounding is once, half up."""
    multiplier, shift = (each.astype(np.int64) for each in quantize_multiplier(scale))
    short = np.minimum((multiplier + 2**15) >> 16, 2**15 - 1)
    half = np.left_shift(1, 14 - shift)
    return lambda acc: (acc.astype(np.int64) * short + half) >> (15 - shift)


def narrow_rule(scale: np.ndarray) -> Rule:
    """Sums of 32 bits: `core.fixed_point.double_rounding`."""
    m = quantize_multiplier(scale)
    return lambda acc: double_rounding(acc.astype(np.int64).astype(np.int32).astype(np.int64), *m)


def float64_rule(scale: np.ndarray) -> Rule:
    """acc * scale in float64, rounded half away from zero: this kernel, too, uses float.

    The largest float64 below 1/2 is added and the fraction cut off: a tie plus that number rounds
    up to the next whole number, and what lies below a tie stays below it.
    """

    def rule(acc: np.ndarray) -> np.ndarray:
        y = acc * scale
        return np.trunc(y + np.copysign(BELOW_HALF, y))

    return rule
