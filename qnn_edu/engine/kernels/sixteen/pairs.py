"""Pairs of 16-bit values; shapes broadcast."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from qnn_edu.core.fixed_point import divide_by_power
from qnn_edu.engine.broadcasting import broadcasting, meets_batch
from qnn_edu.engine.kernels.arithmetic import MUL, comparable, mul
from qnn_edu.engine.kernels.sixteen import Short
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize_shorts import power_of_two
from qnn_edu.engine.rules import symmetric
from qnn_edu.engine.sums import scaled_sum, vectorized_sum

LEFT_SHIFT = 15  # places after the point that a sum of two scales keeps


def add(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M_a q_a + M_b q_b))`, or without multipliers; see `shifts`.

    Where "optimized" has vectors, inputs are rounded once; see `engine.sums`.
    """
    if node.kernels == "reference" or shifts(node):
        return _sum(node, a, b, 1)
    return vectorized_sum(node, a.astype(np.int64), b.astype(np.int64), LEFT_SHIFT)


def sub(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """As `add`, the second input negated, and plain in every kernel set."""
    return _sum(node, a, b, -1)


def _sum(node: Node, a: np.ndarray, b: np.ndarray, sign: int) -> np.ndarray:
    x, y = a.astype(np.int64), b.astype(np.int64)
    if places := shifts(node):
        total = divide_by_power(x, places[0]) + sign * divide_by_power(y, places[1])
        return np.clip(total, *node.clamp()).astype(np.int16)
    return scaled_sum(node, x, y, LEFT_SHIFT, sign)


def shifts(node: Node) -> tuple[int, int] | None:
    """k of `q_x / 2**k`, rounded half away from zero, for each input; None where it is multiplied.

    A sum of 2019 shifts: the option `pot_scale_int16` says so, and all scales are powers of two.
    """
    a, b, output = (power_of_two(tensor.scale) for tensor in (*node.inputs, node.output))
    if not node.option("pot_scale_int16", True) or a is None or b is None or output is None:
        return None
    return output - a, output - b


def mul_to_8_bits(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`q = clamp(round(round(q_a q_b / 2**15) / 2**8) + Z)`, whatever the scales; LiteRT, too,
    takes for granted that they are 2**-15 and 2**-7."""
    product = (a.astype(np.int64) * b + 2**14) >> 15
    high = divide_by_power(np.minimum(product, 2**15 - 1), 8)
    return np.clip(high + node.output.zero_point, *node.clamp()).astype(node.output.dtype)


def _one_is_the_output(node: Node) -> Iterator[str]:
    """Where a sum shifts, one input has the output's scale, and the other none above it."""
    places = shifts(node)
    if places and min(places) != 0:
        yield "scales that are powers of two: expected the output's to be the larger of the inputs'"


def _of_one_shape(node: Node) -> Iterator[str]:
    """A sum that shifts, and a product of 8 bits, do not broadcast."""
    shapes = [tensor.shape for tensor in node.inputs]
    eight = node.output.type != "INT16"
    if shapes[0] != shapes[1] and (eight or shifts(node)):
        yield f"{shapes[0]} and {shapes[1]}: LiteRT does not broadcast such a pair"


_Pair = partial(Short, values=(0, 1), along_batch=meets_batch)
_SUM = (symmetric, broadcasting, comparable(LEFT_SHIFT), _one_is_the_output)

KERNELS = (
    _Pair("ADD", add, rules=(*_SUM, _of_one_shape)),
    _Pair("MUL", mul, rules=(symmetric, *MUL)),
    _Pair("MUL", mul_to_8_bits, to=("INT8",), rules=(broadcasting, _of_one_shape)),
    _Pair("SUB", sub, rules=_SUM),
)
