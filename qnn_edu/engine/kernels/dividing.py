"""Quotients and remainders; all kernel sets compute alike."""

from __future__ import annotations

from functools import partial

import numpy as np

from qnn_edu.core.fixed_functions import reciprocal
from qnn_edu.core.fixed_point import high_multiply, quantize_multiplier
from qnn_edu.engine.broadcasting import broadcasting, meets_batch
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import activated, finished, offset
from qnn_edu.engine.rules import within_32_bits
from qnn_edu.engine.shifts import shifted_back


def div(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M (q_a - Z_a) / (q_b - Z_b)) + Z)`, `M = S_a / (S_b S)` in float32.

    The reciprocal of `|q_b - Z_b|` is a fixed-point number; the dividend is shifted as far to the
    left as 32 bits allow, multiplied by it and by M, each time half up, and shifted back, by more
    places than there are if the quotient is small: 0 may become 1, and next to nothing huge.
    """
    x, y = offset(node, a, b)
    _require_divisors(y)
    x, y = np.broadcast_arrays(np.where(y < 0, -x, x), np.abs(y))
    inverse, places = reciprocal(y, 31)
    room = 31 - np.frexp(np.abs(x + (x < 0)).astype(np.float64))[1].astype(np.int64)
    m, shift = quantize_multiplier(_multiplier(node))
    quotient = high_multiply(high_multiply(x << room, inverse), m)
    return finished(node, shifted_back(quotient, places + room - shift))


def _multiplier(node: Node) -> np.float32:
    s, t, u = (np.float32(tensor.scale) for tensor in (*node.inputs, node.output))
    return s / (t * u)


def div_of_wholes(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`trunc(a / b)` in int32, clamped by the fused activation."""
    _require_divisors(b)
    return activated(node, np.trunc(a / b)).astype(np.int32)


def floor_div(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`floor(a / b)` of whole numbers, or of real ones."""
    _require_divisors(b)
    return np.floor_divide(a, b)


def floor_mod(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`a - b floor(a / b)` of whole numbers, or of real ones: what is left has the sign of b."""
    _require_divisors(b)
    return np.mod(a, b)


def _require_divisors(divisors: np.ndarray) -> None:
    """LiteRT, too, stops at a division by 0."""
    if not divisors.all():
        count = np.count_nonzero(divisors == 0)
        raise ValueError(f"{count} divisor(s) are 0, where LiteRT stops, too")


_Pair = partial(Kernel, values=(0, 1), rules=(broadcasting,), along_batch=meets_batch)
_RULES = (broadcasting, within_32_bits(_multiplier))

KERNELS = (
    _Pair("DIV", div, rules=_RULES),
    _Pair("DIV", div, types=("INT16",), rules=_RULES),
    _Pair("DIV", div_of_wholes, types=("INT32",)),
    _Pair("FLOOR_DIV", floor_div, types=("INT32",)),
    _Pair("FLOOR_MOD", floor_mod, types=("INT32", "INT64")),
)
