"""The multipliers of a layer with weights, computed from its scales as the reference kernels do."""

from __future__ import annotations

import numpy as np

from qnn_edu.chip.refusal import require
from qnn_edu.core.fixed_point import quantize_multiplier
from qnn_edu.engine.node import Node

LOW_BITS = 31


def layer_scale(node: Node) -> np.ndarray:
    """`M = S_x S_w / S_y` in float64: one, or one a filter.

    The convolutions of 2018 (uint8) multiply S_x S_w in float32.
    """
    x, w, y = node.inputs[0].scale, np.atleast_1d(node.inputs[1].scale), node.output.scale
    legacy = node.output.dtype == np.uint8 and node.operator.name != "FULLY_CONNECTED"
    product = (x * w).astype(np.float64) if legacy else np.float64(x) * w
    return product / np.float64(y)


def fixed_point(scale: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """`scale = multiplier * 2**(shift - 31)`: int32 and int8 arrays of `count` entries.

    >>> fixed_point(np.array([0.25]), 2)
    (array([1073741824, 1073741824], dtype=int32), array([-1, -1], dtype=int8))
    """
    multiplier, shift = (np.broadcast_to(each, count) for each in quantize_multiplier(scale))
    return multiplier, shift.astype(np.int8)


def halves(scale: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`scale = (high * 2**31 + low) / 2**(31 + shift)`, exactly: all 53 bits of a float64.

    int32, int32 and int8 arrays of `count` entries. A scale below 2**-41 becomes 0: no int32
    times it reaches 1/2.

    >>> high, low, shift = halves(np.array([0.1]), 1)
    >>> (int(high[0]) * 2**31 + int(low[0])) / 2 ** (31 + int(shift[0]))
    0.1
    """
    fraction, exponent = np.frexp(np.broadcast_to(scale, count))
    mantissa, shift = (fraction * 2.0**53).astype(np.int64), 53 - LOW_BITS - exponent
    mantissa, shift = np.where(shift > 62, 0, mantissa), np.minimum(shift, 62)
    high, low = mantissa >> LOW_BITS, mantissa & (2**LOW_BITS - 1)
    return high.astype(np.int32), low.astype(np.int32), shift.astype(np.int8)


def multiplier(scale: np.floating) -> tuple[int, int]:
    """One multiplier and its shift, where a shift to the left leaves room in 64 bits.

    Raises:
        Refused: a scale of 2**21 or more.

    >>> multiplier(np.float64(0.25))
    (1073741824, -1)
    """
    require(scale < 2**21, "its output's scale is 2**21 times smaller than its input's")
    return quantize_multiplier(np.float64(scale))
