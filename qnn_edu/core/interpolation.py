"""Functions of 16-bit integers: a table of some hundred values, and a straight line between two.

A line from one value of a curve to the next runs beside the curve, farthest in the middle. So every
value of a table is moved by half of what the line misses there, and the error lies on both sides.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qnn_edu.core.rounding import half_away

STEPS = 512  # lines from one end of int16 to the other: 9 bits choose one, 7 say how far along it
SIGMOID_STEPS = 24  # lines of the sigmoid's table from x to x + 1
SHORT = np.iinfo(np.int16)


def table_of(
    function: Callable[[np.ndarray], np.ndarray],
    x_scale: np.floating,
    x_zero_point: int,
    y_scale: np.floating,
    y_zero_point: int = 0,
) -> np.ndarray:
    """513 values of `function` from the lowest to the highest int16 of x, moved, as int16 of y.

    They are 65535 / 512 integers apart, and `interpolated` takes them for 128 apart: at the upper
    end of x, it reads off what belongs one integer lower. It computes in the type of the scales,
    float32 or float64. Source: LiteRT's `LUTPopulate`.

    >>> table = table_of(np.square, np.float64(2**-15), 0, np.float64(2**-15))
    >>> table[[0, 128, 256, 384, 512]].tolist()
    [32767, 8192, 0, 8191, 32767]
    """
    kind = x_scale.dtype
    ends = np.array([SHORT.min, SHORT.max])
    first, last = x_scale * (ends - x_zero_point).astype(kind)
    lowest, highest = y_scale * (ends - y_zero_point).astype(kind)
    step, inverse = (last - first) / STEPS, 2**16 / (highest - lowest)
    x = first + np.arange(STEPS + 1, dtype=kind) * step
    y, middle = function(x) * inverse, function(x[:-1] + step / 2) * inverse
    table = half_away(np.append(y[:-1], function(last) * inverse))
    missed = half_away((y[1:] + table[:-1]) / 2) - half_away(middle)
    table[:-1] -= half_away(missed / 2)
    return np.clip(table, SHORT.min, SHORT.max).astype(np.int16)


def interpolated(q: np.ndarray, table: np.ndarray) -> np.ndarray:
    """The values of a `table_of` at integers of 16 bits: `y_i + (y_i+1 - y_i) f / 128`, int16.

    A step of 2**15 or more from entry to entry wraps around, as in C.

    >>> interpolated(np.int16([-32768, -16448, 32767]), np.arange(513, dtype=np.int16) * 10)
    array([   0, 1275, 5120], dtype=int16)
    """
    place, part = (q.astype(np.int64) >> 7) + STEPS // 2, q.astype(np.int64) & 127
    step = table[place + 1] - table[place]
    return (table[place] + ((step * part + 64) >> 7)).astype(np.int16)


def sigmoid_table() -> np.ndarray:
    """`1 / (1 + exp(-i / 24))` for i from 0 to 255, moved, in 2**-16; the last is all but 1.

    >>> sigmoid_table()[[0, 1, 24, 255]]
    array([32768, 33451, 47911, 65535])
    """

    def curve(i: np.ndarray) -> np.ndarray:
        return 2**16 / (1 + np.exp(-i / SIGMOID_STEPS))

    i = np.arange(256)
    missed = curve(i + 0.5) - (curve(i) + curve(i + 1)) / 2
    table = half_away(curve(i) + missed / 2).astype(np.int64)
    table[-1] = 2**16 - 1
    return table
