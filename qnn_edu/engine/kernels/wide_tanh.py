"""TANH of 16-bit integers, from the table of the logistic function with lines between."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.core.fixed_functions import tanh
from qnn_edu.core.interpolation import SIGMOID_STEPS, sigmoid_table
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_one_size, symmetric, within_32_bits

LOWEST, HIGHEST = -(2**15), 2**15 - 1
LINES = SIGMOID_STEPS / 2 * 2**10  # parts of lines from x to x + 1
PART_BITS = 8  # of a place between two entries of the table


def wide_tanh(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = 2**15 tanh(S_x q_x)`, as `2 / (1 + exp(-2 x)) - 1` from a table with 12 lines a unit.

    Where S_x is 2**-12 or 2**-11, "optimized" has no table: `core.fixed_functions.tanh`.
    """
    q, power = x.astype(np.int64), _power_of_two(node.inputs[0].scale)
    if power in (-12, -11) and node.kernels != "reference":
        return tanh(np.clip(q << power + 12, LOWEST, HIGHEST), 3, width=16).astype(x.dtype)
    multiplier, shift = _in_lines(node.inputs[0].scale, power)
    place = (q * multiplier + (1 << shift >> 1)).astype(np.int32).astype(np.int64) >> shift
    table, line, part = node.once(_table), np.abs(place) >> PART_BITS, np.abs(place) & 255
    i = np.minimum(line, len(table) - 2)
    y = (table[i] << PART_BITS) + part * (table[i + 1] - table[i])
    y = np.where(line > i, table[-1] << PART_BITS, y) - 2**23
    return (np.where(place < 0, ~y, y) + 2**7 >> 8).astype(x.dtype)


def _in_lines(scale: np.float32, power: int | None) -> tuple[int, int]:
    """`12 * 2**10 S_x` as a multiplier of 15 bits, cut off, and a shift; exact for two powers."""
    if power in (-12, -11):
        return 3 << power + 12, 0
    real, shift = float(scale) * LINES, 0
    while real <= HIGHEST / 2 and shift <= 30:
        real, shift = 2 * real, shift + 1
    return int(real), shift


def _in_lines_of_a_step(node: Node) -> float:
    return float(node.inputs[0].scale) * LINES


def _table(node: Node) -> np.ndarray:
    return sigmoid_table()


def _power_of_two(scale: np.float32) -> int | None:
    """The power of two that LiteRT takes a scale for, within a thousandth of a power, or None."""
    power = np.log(np.float32(scale)) * (1 / np.log(np.float32(2)))
    whole = int(np.rint(power))
    return whole if abs(power - np.float32(whole)) < np.float32(0.001) else None


def _in_steps_of_an_output(node: Node) -> Iterator[str]:
    """The output counts in steps of 2**-15."""
    if _power_of_two(node.output.scale) != -15:
        yield f"its output has scale {node.output.scale:.6g}; expected 2**-15"


KERNELS = (
    Kernel(
        "TANH",
        wide_tanh,
        types=("INT16",),
        rules=(
            of_one_size,
            symmetric,
            _in_steps_of_an_output,
            within_32_bits(_in_lines_of_a_step),
        ),
    ),
)
