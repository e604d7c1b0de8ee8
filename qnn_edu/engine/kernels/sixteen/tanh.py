"""TANH of 16-bit integers, from the table of the logistic function with lines between."""

from __future__ import annotations

import numpy as np

from qnn_edu.core import fixed_functions
from qnn_edu.core.interpolation import SHORT, sigmoid_table
from qnn_edu.engine.kernels.sixteen import Short
from qnn_edu.engine.kernels.sixteen.functions import (
    in_lines,
    in_lines_of_a_step,
    in_steps_of_2_to_the_minus_15,
)
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize_shorts import power_of_two, wrapped
from qnn_edu.engine.rules import of_one_size, symmetric, within_32_bits

FRACTION_BITS = 8  # of a place between two entries of the table


def tanh(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = 2**15 tanh(S_x q_x)`, as `2 / (1 + exp(-2 x)) - 1` from a table with 12 lines a unit.

    Where S_x is 2**-12 or 2**-11, "optimized" has no table: `core.fixed_functions.tanh`.
    """
    q, scale = x.astype(np.int64), float(node.inputs[0].scale)
    power = power_of_two(scale)
    if power in (-12, -11):
        scale = 2.0**power
        if node.kernels != "reference":
            a = np.clip(q << power + 12, SHORT.min, SHORT.max)
            return fixed_functions.tanh(a, 3, width=16).astype(x.dtype)
    multiplier, shift = in_lines(scale)
    place = wrapped(q * multiplier + (1 << shift >> 1)) >> shift
    table, line, part = node.once(_table), np.abs(place) >> FRACTION_BITS, np.abs(place) & 255
    i = np.minimum(line, len(table) - 2)
    y = (table[i] << FRACTION_BITS) + part * (table[i + 1] - table[i])
    y = np.where(line > i, table[-1] << FRACTION_BITS, y) - 2**23
    return (np.where(place < 0, ~y, y) + 2**7 >> 8).astype(x.dtype)


def _table(node: Node) -> np.ndarray:
    return sigmoid_table()


_RULES = (
    of_one_size,
    symmetric,
    in_steps_of_2_to_the_minus_15,
    within_32_bits(in_lines_of_a_step),
)

KERNELS = (Short("TANH", tanh, rules=_RULES),)
