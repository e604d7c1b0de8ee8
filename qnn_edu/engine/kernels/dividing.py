"""DIV: one value by another."""

from __future__ import annotations

from functools import partial

import numpy as np

from qnn_edu.core.fixed_functions import reciprocal
from qnn_edu.core.fixed_point import divide_by_power, high_multiply, quantize_multiplier
from qnn_edu.engine.broadcasting import broadcasting, meets_batch
from qnn_edu.engine.kernel import FLOATS, INTEGERS, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finisher, offset


def div(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M (q_a - Z_a) / (q_b - Z_b)) + Z)`, `M = S_a / (S_b S)` in float32.

    The reciprocal of `|q_b - Z_b|` is a fixed-point number; the dividend is shifted as far to the
    left as 32 bits allow, multiplied by it and by M, each time half up, and shifted back.
    """
    x, y = offset(node, a, b)
    _require_divisors(node, y)
    x, y = np.broadcast_arrays(np.where(y < 0, -x, x), np.abs(y))
    inverse, places = reciprocal(y, 31)
    room = 31 - np.frexp(np.abs(x + (x < 0)).astype(np.float64))[1].astype(np.int64)
    s, t, u = (np.float32(tensor.scale) for tensor in (*node.inputs, node.output))
    m, shift = quantize_multiplier(np.float64(s / (t * u)))
    quotient = high_multiply(high_multiply(x << room, inverse), m)
    return finisher(node, lambda q: q)(divide_by_power(quotient, places + room - shift))


def div_(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`a / b` in float32, clamped by the fused activation."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return node.clamped(a / b)
