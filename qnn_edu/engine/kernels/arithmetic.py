"""Operators on pairs of values, whose shapes broadcast."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import frexp
from typing import Any

import numpy as np

from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.engine.broadcasting import broadcasting, meets_batch
from qnn_edu.engine.kernel import Kernel, Rule
from qnn_edu.engine.narrowing import in_vectors, narrowed
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finished, finisher, float32_rule, offset
from qnn_edu.engine.rules import within_32_bits
from qnn_edu.engine.sums import scaled_sum, vectorized_sum
from qnn_edu.engine.vectors import row_of_pairs

LEFT_SHIFT = 20  # places after the point that a sum of two scales keeps


def add(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M_a (q_a - Z_a) + M_b (q_b - Z_b)) + Z)`, shapes broadcast."""
    return _sum(node, a, b, 1)


def sub(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """As `add`, the second input negated; LiteRT has no vectors of it."""
    return _sum(node, a, b, -1)


def mul(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M (q_a - Z_a) (q_b - Z_b)) + Z)` with `M = S_a S_b / S`.

    Vectors of "optimized", 16 values of int8 or 8 of uint8, pass through 16 bits.
    """
    x, y = offset(node, a, b)
    if node.kernels == "xnnpack":
        return finisher(node, float32_rule(_of_product(node)))(x * y)
    whole = double_rounding(x * y, *quantize_multiplier(np.float64(_of_product(node))))
    if node.kernels == "reference" or node.output.type == "INT16":
        return finished(node, whole)
    fast, saturating = node.once(_vectors_of_products)
    return np.where(fast, narrowed(node, whole, saturating=saturating), finished(node, whole))


def _vectors_of_products(node: Node) -> tuple[np.ndarray, bool]:
    """Which places lie in vectors, and whether those saturate: not of uint8 and a single value."""
    if node.output.type == "INT8":
        return in_vectors(node, 16, 16), True
    _, single = row_of_pairs(*(tensor.shape for tensor in node.inputs))
    return in_vectors(node, 8, 8), not single


def _of_product(node: Node) -> Any:
    s, t = (tensor.scale for tensor in node.inputs)
    return s * t / node.output.scale


def _sum(node: Node, a: np.ndarray, b: np.ndarray, sign: int) -> np.ndarray:
    x, y = offset(node, a, b)
    if node.kernels == "xnnpack":
        return _xnnpack_sum(node, x, y * sign)
    if node.kernels == "optimized" and sign > 0:
        return vectorized_sum(node, x, y, LEFT_SHIFT)
    return scaled_sum(node, x, y, LEFT_SHIFT, sign)


def _xnnpack_sum(node: Node, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """One shift for both: the larger multiplier has 21 bits, and the sum is rounded half up."""
    a, b = (np.float32(t.scale / node.output.scale) for t in node.inputs)
    shift = LEFT_SHIFT - (frexp(max(a, b))[1] - 1)
    m, n = (int(np.rint(np.ldexp(each, shift))) for each in (a, b))
    return finisher(node, lambda acc: (acc + (1 << (shift - 1))) >> shift)(x * m + y * n)


def comparable(places: int) -> Rule:
    """The output's scale is not much smaller than both inputs': LiteRT's ADD ends the process, and
    its SUB gives nonsense."""

    def rule(node: Node) -> Iterator[str]:
        least = max(tensor.scale for tensor in node.inputs) * 2.0 ** (1 - places)
        if node.output.scale <= least:
            yield f"the output has scale {node.output.scale:.3g}; expected more than {least:.3g}"

    return rule


def _far_apart(node: Node) -> bool:
    """XNNPACK takes sums whose inputs have scales of 2**-10 to below 2**8 of the output's."""
    ratios = [tensor.scale / node.output.scale for tensor in node.inputs]
    return not all(2**-10 <= ratio < 2**8 for ratio in ratios)


def _too_far(node: Node) -> bool:
    """XNNPACK takes products of a scale of 2**-16 to below 2**8 of the output's."""
    return not 2**-16 <= _of_product(node) < 2**8


_Pair = partial(Kernel, values=(0, 1), along_batch=meets_batch)
_Sum = partial(_Pair, rules=(broadcasting, comparable(LEFT_SHIFT)), declined=_far_apart)
MUL = (broadcasting, within_32_bits(_of_product, 2))

KERNELS = (
    _Sum("ADD", add),
    _Sum("SUB", sub),
    _Pair("MUL", mul, rules=MUL, declined=_too_far),
)
