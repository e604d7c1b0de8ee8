"""From int32 sums to int8: the rule of each kernel set, on whole blocks and channel by channel."""

from __future__ import annotations

from math import prod

import numpy as np

from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.engine.node import ACTIVATIONS, Node
from qnn_edu.engine.requantize_shorts import Rule, float64_rule, rule_of_shorts

AT_ONCE = {  # sums that a vector of the optimized kernels holds; 0 for none
    ("DEPTHWISE_CONV_2D", "INT8"): 8,
    ("DEPTHWISE_CONV_2D", "UINT8"): 0,
    ("TRANSPOSE_CONV", "INT8"): 8,
    ("TRANSPOSE_CONV", "UINT8"): 16,
}


def requantizer(node: Node) -> Rule:
    """Sums (rows, channels) in a float type to the output's integers, for a layer with weights."""
    return finisher(node, _rule(node))


def finisher(node: Node, rule: Rule) -> Rule:
    """`clamp(rule(acc) + Z_y)` in the output's type."""
    lowest, highest = node.clamp()
    zero_point = node.output.zero_point

    def finish(acc: np.ndarray) -> np.ndarray:
        whole = np.asarray(rule(acc))  # of a single number, numpy makes no array
        whole += zero_point
        np.clip(whole, lowest, highest, out=whole)
        return whole.astype(node.output.dtype)

    return finish


def finished(node: Node, whole: np.ndarray) -> np.ndarray:
    """`clamp(whole + Z_y)` in the output's type: what is left to do behind a rounding."""
    return finisher(node, np.array)(whole)


def rescaled(
    node: Node, acc: np.ndarray, scale: float, ties_up: np.ndarray | bool = False
) -> np.ndarray:
    """`clamp(double rounding of scale * acc + Z_y)`, one multiplier for all values."""
    m = quantize_multiplier(np.float64(scale))
    return finisher(node, lambda acc: double_rounding(acc, *m, ties_up=ties_up))(acc)


def offset(node: Node, *arrays: np.ndarray) -> list[np.ndarray]:
    """`q - Z` as int64."""
    return [q.astype(np.int64) - t.zero_point for q, t in zip(arrays, node.inputs, strict=True)]


def activated(node: Node, x: np.ndarray) -> np.ndarray:
    """Numbers that mean themselves, clamped as the fused activation says, in their own type."""
    lo, hi = ACTIVATIONS[node.option("fused_activation_function", "NONE")]
    x = x if lo is None else np.maximum(x, x.dtype.type(lo))
    return x if hi is None else np.minimum(x, x.dtype.type(hi))


def _rule(node: Node) -> Rule:
    """Which rule a kernel set has for which layer, and in what type it multiplies the scales."""
    if node.output.type == "INT16":
        return rule_of_shorts(node)
    x, w, y = (np.atleast_1d(t.scale) for t in (*node.inputs[:2], node.output))
    if node.kernels == "xnnpack":
        return float32_rule(x * w / y)
    wide = x.astype(np.float64) * w
    if node.operator.name == "FULLY_CONNECTED" and node.kernels == "reference":
        return float64_rule(wide / y)
    # The kernels of 2018 multiply S_x S_w in float32.
    product = (x * w).astype(np.float64) if node.output.dtype == np.uint8 else wide
    return double_rule(product / y, ties_up=_ties_up(node))


def _ties_up(node: Node) -> np.ndarray | bool:
    """Which sums of a row a kernel set rounds half up in the second step, too.

    Vectorized code does; plain code rounds half away from zero. Some kernels work on `AT_ONCE` sums
    of a row, and on what is left over plainly.
    """
    if node.kernels == "reference" or is_grouped(node):
        return False
    at_once = AT_ONCE.get((node.operator.name, node.output.type), 1)
    row = np.arange(sums_of_a_row(node))
    return row < len(row) // at_once * at_once if at_once else False


def is_grouped(node: Node) -> bool:
    """Whether a convolution is one in groups, for which LiteRT has plain code alone."""
    (x, w), name = node.inputs[:2], node.operator.name
    return name == "CONV_2D" and w.shape[3] != x.shape[3]


def sums_of_a_row(node: Node) -> int:
    """How many sums are rounded alike: those of all channels, or of everything."""
    one_for_all = (node.operator.name, node.output.type) == ("TRANSPOSE_CONV", "UINT8")
    return prod(node.output.shape) if one_for_all else node.output.shape[-1]


def float32_rule(scale: np.ndarray) -> Rule:
    """float32(acc) * scale in float32, rounded half to even: XNNPACK's kernels do use float."""
    return lambda acc: np.rint(acc.astype(np.float32, copy=False) * scale)


def double_rule(scale: np.ndarray, *, ties_up: np.ndarray | bool = False) -> Rule:
    """`core.fixed_point.double_rounding`, in float32 wherever that provably gives the same.

    Let Y = acc * M be exact, and k = -shift > 0 places be shifted out. The first rounding moves Y
    by at most 2**-(k + 1), so the second gives the whole number nearest to Y, unless a tie is that
    close. Three roundings to float32 move Y by less than 2**-13 while |Y| <= 512; what is larger is
    clamped in the end, whatever its last digits. The few values closer to a tie than both together,
    about one in 2**k, are computed again in integers.
    """
    multiplier, shift = quantize_multiplier(scale)
    real = (multiplier * np.exp2(shift - 31.0)).astype(np.float32)
    certain = (0.5 - np.exp2(np.minimum(shift, 0) - 1.0) - 2.0**-13).astype(np.float32)

    def rule(acc: np.ndarray) -> np.ndarray:
        y = acc.astype(np.float32, copy=False) * real
        whole = np.rint(y)
        y -= whole
        near = np.flatnonzero(np.abs(y, out=y) >= certain)
        if not near.size:
            return whole
        row = acc.shape[1]
        channel = near % row if multiplier.size > 1 else 0
        exact = acc.reshape(-1)[near].astype(np.int64)
        up = ties_up if ties_up is False else np.broadcast_to(ties_up, row)[near % row]
        exact = double_rounding(exact, multiplier[channel], shift[channel], ties_up=up)
        whole.reshape(-1)[near] = exact
        return whole

    return rule
