"""Softmax and the logistic function of 16-bit integers, from tables with lines between."""

from __future__ import annotations

import numpy as np

from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.core.interpolation import SHORT, interpolated, sigmoid_table, table_of
from qnn_edu.engine.kernel import SHORTS, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_one_size

LEVELS = np.float64(65535)
FARTHEST = 10.0  # exp(-10) is nothing in 15 bits


def softmax(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = exp(d) / sum exp(d)` in steps of 2**-15, along the last axis, `d = beta S_x (q_x - max
    q_x)`.

    One table has exp from -10 to 0, one `1 / (1 + x)` from 0 to 1; the sum is shifted to 1 + x.
    """
    d = x.astype(np.int64) - x.max(axis=-1, keepdims=True)
    scale = np.float32(node.inputs[0].scale) * np.float32(node.option("beta"))
    m = quantize_multiplier(np.float64(scale) / (FARTHEST / LEVELS))
    places = np.clip(double_rounding(d, *m) + SHORT.max, SHORT.min, SHORT.max)
    e = interpolated(places, table_of(np.exp, FARTHEST / LEVELS, SHORT.max, 2 / LEVELS))
    total = e.sum(axis=-1, keepdims=True)
    shift = 31 - np.frexp(total.astype(np.float64))[1]  # bits free above it, but for the sign
    fraction = ((total << shift) + (1 << 13)) >> 14  # from 2**16, which means 1, to 2**17
    places = np.clip(fraction - 3 * 2**15, SHORT.min, SHORT.max)
    inverse = interpolated(places, table_of(_below_one, 1 / LEVELS, SHORT.min, 2 / LEVELS))
    right = 30 - shift
    share = (e * inverse + np.left_shift(1, right - 1)) >> right
    return np.clip(share, 0, SHORT.max).astype(x.dtype)


def _below_one(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + x)


def logistic(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = 1 / (1 + exp(-S_x q_x))` in steps of 2**-15, from a table of 24 values a unit."""
    multiplier, shift = _to_table(node.inputs[0].scale)
    place = (x.astype(np.int64) * multiplier + (1 << shift >> 1)) >> shift
    table, size = sigmoid_table(), np.abs(place)
    i = np.minimum(size >> 9, 254)
    y = (table[i] << 9) + (size & 511) * (table[i + 1] - table[i])
    y = np.where(size >> 9 >= 255, SHORT.max << 10, y)
    y = np.where(place >= 0, y + 2**9, 2**25 - y + 2**9 - 1) >> 10
    return y.astype(x.dtype)


def _to_table(scale: np.float32) -> tuple[int, int]:
    """`S_x * 24 * 2**9` as a multiplier of 15 bits and a shift; cut off, not rounded."""
    real, shift = float(scale) * 24 * 2**9, 0
    while real <= 32767 / 2 and shift <= 30:
        real, shift = 2 * real, shift + 1
    return int(real), shift


KERNELS = (
    Kernel("SOFTMAX", softmax, SHORTS, rules=(of_one_size,)),
    Kernel("LOGISTIC", logistic, SHORTS, rules=(of_one_size,)),
)
