"""From sums to 16 bits: the rule of each kernel set.

A layer adds up in 64 bits, or in 32 where its bias has 32, and there a sum that leaves them wraps.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.core.rounding import half_away
from qnn_edu.engine.node import Node

Rule = Callable[[np.ndarray], np.ndarray]  # sums (rows, channels) -> whole numbers, int64 or float


def rule_of_shorts(node: Node) -> Rule:
    """Which rule a kernel set has for which layer of 16 bits."""
    x, w, y = (np.atleast_1d(t.scale) for t in (*node.inputs[:2], node.output))
    scale = x.astype(np.float64) * w / y
    narrow = node.option("quantized_bias_type") == "INT32"
    ties_up = _ties_up(node)
    if node.operator.name != "FULLY_CONNECTED":
        return narrow_rule(scale, ties_up) if narrow else wide_rule(scale)
    if _in_float64(node):
        rule = float64_rule(scale)
        return (lambda acc: rule(wrapped(acc))) if narrow else rule
    if w.size == 1:
        scale = (x * w).astype(np.float64) / y  # in float32 where one multiplier is for all
    return narrow_rule(scale, ties_up)


def _ties_up(node: Node) -> np.ndarray | bool:
    """Which channels "optimized" rounds half up in the second step, too: of a transposed
    convolution, eight at once."""
    channels = node.output.shape[-1]
    if node.kernels == "reference" or node.operator.name != "TRANSPOSE_CONV":
        return node.kernels != "reference"
    return np.arange(channels) < channels // 8 * 8


def _in_float64(node: Node) -> bool:
    """Whether a dense layer is LiteRT's reference kernel: for sums of 64 bits, always."""
    said = node.option("quantized_bias_type", "FLOAT32")
    wide = said == "INT64" or (node.bias is not None and said != "INT32")
    return node.kernels == "reference" or wide or bool(np.any(node.inputs[1].zero_point))


def wide_rule(scale: np.ndarray) -> Rule:
    """Sums of 64 bits: the multiplier keeps 15 of its 31 bits, and rounding is once, half up.

    Of the result 32 bits are left, so that what is far beyond the output wraps around.

    >>> wide_rule(np.array([0.5]))(np.array([[3], [-3]])).ravel()
    array([ 2, -1])
    """
    multiplier, shift = (each.astype(np.int64) for each in quantize_multiplier(scale))
    short = np.minimum((multiplier + 2**15) >> 16, 2**15 - 1)
    half = np.left_shift(1, 14 - shift)
    return lambda acc: wrapped((acc.astype(np.int64) * short + half) >> (15 - shift))


def narrow_rule(scale: np.ndarray, ties_up: np.ndarray | bool) -> Rule:
    """Sums of 32 bits: `core.fixed_point.double_rounding`."""
    m = quantize_multiplier(scale)
    return lambda acc: double_rounding(wrapped(acc), *m, ties_up=ties_up)


def power_of_two(scale: float) -> int | None:
    """The power of two that LiteRT takes a scale for, within a thousandth of a power, or None.

    >>> power_of_two(0.125), power_of_two(0.12501), power_of_two(0.13)
    (-3, -3, None)
    """
    power = np.log(np.float32(scale)) * (1 / np.log(np.float32(2)))
    whole = int(np.rint(power))
    return whole if abs(power - np.float32(whole)) < np.float32(0.001) else None


def wrapped(acc: np.ndarray) -> np.ndarray:
    """What is left of numbers in 32 bits, as int64.

    >>> wrapped(np.array([2.0**31, -5]))
    array([-2147483648,          -5])
    """
    return acc.astype(np.int64).astype(np.int32).astype(np.int64)


def float64_rule(scale: np.ndarray) -> Rule:
    """acc * scale in float64, rounded half away from zero: this kernel, too, uses float."""
    return lambda acc: half_away(acc * scale)
