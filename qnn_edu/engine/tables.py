"""Functions of one value as tables: what LiteRT computes in float32 once, and then looks up.

A table of 8 bits has an entry for each integer; one of 16 bits has 513, and what lies between two
of them is interpolated.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qnn_edu.engine.node import Node
from qnn_edu.tflite.graph import Tensor

Function = Callable[[np.ndarray], np.ndarray]  # float32 to float32
STEPS, PART_BITS = 512, 7  # of 16 bits, 9 name an entry and 7 a place between two


def table_of(node: Node, function: Function, *, even: bool = False) -> np.ndarray:
    """`q = clamp(round(f(S_x (q_x - Z_x)) / S) + Z)`, an entry for each integer from the lowest up.

    All in float32, `1 / S` too, which is multiplied by. Ties go away from zero; with `even` the zero
    point is added first, and ties then go to even.
    """
    x, y = node.inputs[0], node.output
    grid, zero_point = np.iinfo(y.dtype), np.float32(y.zero_point)
    with np.errstate(over="ignore"):  # infinity is clamped
        steps = function(_real(x, np.arange(grid.min, grid.max + 1))) * (1 / np.float32(y.scale))
        q = np.rint(steps + zero_point) if even else away(steps) + zero_point
    return np.clip(q, grid.min, grid.max).astype(y.dtype)


def wide_table_of(node: Node, function: Function) -> np.ndarray:
    """513 entries for int16, `f` at every 128th integer, less half its error midway to the next.

    All in float32; every product is rounded half away from zero.
    """
    x, y = node.inputs[0], node.output
    grid = np.iinfo(np.int16)
    first, last = _real(x, np.int64([grid.min, grid.max]))
    lowest, highest = _real(y, np.int64([grid.min, grid.max]))
    step, inverse = (last - first) / np.float32(STEPS), np.float32(2**16) / (highest - lowest)
    at = first + np.arange(STEPS, dtype=np.float32) * step
    after = first + np.arange(1, STEPS + 1, dtype=np.float32) * step
    with np.errstate(over="ignore", invalid="ignore"):
        here, midway, next_ = (function(p) * inverse for p in (at, at + step / 2, after))
        error = away((next_ + away(here)) / 2) - away(midway)
        entries = np.append(away(here) - away(error / 2), away(function(last[None]) * inverse))
    return np.clip(entries, grid.min, grid.max).astype(np.int64)


def interpolated(table: np.ndarray, x: np.ndarray) -> np.ndarray:
    """`T[i] + round((T[i + 1] - T[i]) p / 128)`, half up: 9 bits are the entry's i, 7 are p."""
    place, part = (x.astype(np.int64) >> PART_BITS) + STEPS // 2, x & 127
    rise = table[place + 1] - table[place]
    rise = (rise.astype(np.int16) * part.astype(np.int64) + 64) >> PART_BITS  # a slope has 16 bits
    return (table[place] + rise).astype(np.int16)


def away(x: np.ndarray) -> np.ndarray:
    """The nearest whole number, ties away from zero."""
    below = np.trunc(x)
    return below + np.copysign(np.abs(x - below) >= 0.5, x)


def _real(tensor: Tensor, q: np.ndarray) -> np.ndarray:
    """`S (q - Z)` in float32."""
    return np.float32(tensor.scale) * (q - tensor.zero_point).astype(np.float32)
