"""Softmax and the logistic function of 16-bit integers, from tables with lines between."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.core import fixed_functions
from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.core.interpolation import SHORT, interpolated, sigmoid_table, table_of
from qnn_edu.engine.kernel import INTEGERS, SHORTS
from qnn_edu.engine.kernels.nonlinear import softmax as softmax_of_8_bits
from qnn_edu.engine.kernels.nonlinear import with_a_beta
from qnn_edu.engine.kernels.sixteen import Short
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize_shorts import power_of_two, wrapped
from qnn_edu.engine.rules import of_one_size, symmetric, within_32_bits

LEVELS = np.float64(2**16 - 1)
LINES = 24 * 2**9  # parts of lines from x to x + 1, of the logistic function
FARTHEST = 10.0  # exp(-10) is less than two steps of 2**-15


def softmax(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = 2**15 exp(d) / sum exp(d)` along the last axis, `d = beta S_x (q_x - max q_x)`.

    One table has exp from -10 to 0. The sum is shifted until it is 1 + f with f from 0 to 1, and
    the other table has `1 / (1 + f)`.
    """
    d = x.astype(np.int64) - x.max(axis=-1, keepdims=True)
    m = quantize_multiplier(_to_entries(node))
    e = interpolated(_short(double_rounding(d, *m) + SHORT.max), node.once(_exp_table)).astype(int)
    total = e.sum(axis=-1, keepdims=True)
    free = 31 - np.frexp(total.astype(np.float64))[1]  # bits before the first of 31
    fraction = (((total << free) + (1 << 13)) >> 14) - 2**16
    inverse = interpolated(_short(fraction + SHORT.min), node.once(_inverse_table))
    shift = 30 - free
    share = (e * inverse + (np.left_shift(1, shift) >> 1)) >> shift
    return np.clip(share, 0, SHORT.max).astype(x.dtype)


def _to_entries(node: Node) -> np.float64:
    scale = np.float32(node.inputs[0].scale) * np.float32(node.option("beta"))
    return np.float64(scale) / (FARTHEST / LEVELS)


def _exp_table(node: Node) -> np.ndarray:
    return table_of(np.exp, FARTHEST / LEVELS, SHORT.max, 2 / LEVELS)


def _inverse_table(node: Node) -> np.ndarray:
    return table_of(lambda f: 1 / (1 + f), 1 / LEVELS, SHORT.min, 2 / LEVELS)


def _short(q: np.ndarray) -> np.ndarray:
    return np.clip(q, SHORT.min, SHORT.max)


def logistic(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = 2**15 / (1 + exp(-S_x q_x))`, from a table with 24 lines from x to x + 1.

    Where S_x is 2**-12, "optimized" computes without a table: `fixed_functions.logistic`.
    """
    q, scale = x.astype(np.int64), float(node.inputs[0].scale)
    if power_of_two(scale) == -12:
        scale = 2.0**-12
        if node.kernels != "reference":
            return fixed_functions.logistic(q, 3, width=16).astype(x.dtype)
    multiplier, shift = in_lines(scale)
    place = wrapped(q * multiplier + (1 << shift >> 1)) >> shift
    table, line, beyond = node.once(_sigmoid_table), np.abs(place) >> 9, np.abs(place) & 511
    i = np.minimum(line, len(table) - 2)
    y = (table[i] << 9) + beyond * (table[i + 1] - table[i])
    y = np.where(line > i, SHORT.max << 10, y)
    return (np.where(place < 0, 2**25 - 1 - y, y) + 2**9 >> 10).astype(x.dtype)


def _sigmoid_table(node: Node) -> np.ndarray:
    return sigmoid_table()


def in_lines(scale: float) -> tuple[int, int]:
    """`24 * 2**9 S_x` as a multiplier of 15 bits, cut off, and a shift."""
    real, shift = scale * LINES, 0
    while real <= SHORT.max / 2 and shift <= 30:
        real, shift = 2 * real, shift + 1
    return int(real), shift


def in_lines_of_a_step(node: Node) -> float:
    return float(node.inputs[0].scale) * LINES


def in_steps_of_2_to_the_minus_15(node: Node) -> Iterator[str]:
    """The tables count so, and LiteRT refuses other outputs."""
    if power_of_two(node.output.scale) != -15:
        yield f"the output has scale {node.output.scale:.6g}; expected 2**-15"


_RULES = (of_one_size, symmetric, in_steps_of_2_to_the_minus_15)

KERNELS = (
    Short("SOFTMAX", softmax, rules=(*_RULES, with_a_beta, within_32_bits(_to_entries))),
    Short(
        "SOFTMAX", softmax_of_8_bits, types=INTEGERS, to=SHORTS, rules=(of_one_size, with_a_beta)
    ),
    Short("LOGISTIC", logistic, rules=(*_RULES, within_32_bits(in_lines_of_a_step))),
)
