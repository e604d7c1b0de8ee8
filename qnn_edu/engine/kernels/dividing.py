"""DIV: one value by another."""

from __future__ import annotations

from functools import partial

import numpy as np

from qnn_edu.core.fixed_functions import reciprocal
from qnn_edu.core.fixed_point import divide_by_power, high_multiply, quantize_multiplier
from qnn_edu.engine.broadcasting import broadcasting, meets_batch
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import activated, finished, offset


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
    m, shift = quantize_multiplier(s / (t * u))
    quotient = high_multiply(high_multiply(x << room, inverse), m)
    back = places + room - shift
    q = np.where(back < 32, divide_by_power(quotient, back), _too_far(quotient, back))
    return finished(node, q)


def _too_far(x: np.ndarray, places: np.ndarray) -> np.ndarray:
    """What LiteRT makes of a shift by 32 places or more, which should leave 0.

    A PC shifts by 32 places fewer, and the half that would round is lost: 0 becomes 1, and a small
    quotient a huge one, which is clamped.
    """
    return (x >> np.maximum(places - 32, 0)) + (x >= 0)


def div_of_wholes(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`trunc(a / b)` in int32, clamped by the fused activation."""
    _require_divisors(node, b)
    return activated(node, np.trunc(a / b)).astype(np.int32)


def floor_div(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`floor(a / b)` of whole numbers, or of real ones."""
    _require_divisors(node, b)
    return np.floor_divide(a, b)


def floor_mod(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`a - b floor(a / b)` of whole numbers, or of real ones: what is left has the sign of b."""
    _require_divisors(node, b)
    return np.mod(a, b)


def _require_divisors(node: Node, divisors: np.ndarray) -> None:
    """LiteRT, too, stops at a division by 0."""
    if not divisors.all():
        name, count = node.operator.name, np.count_nonzero(divisors == 0)
        raise ValueError(
            f"engine: operator {node.operator.index}, {name}, gets {count} divisor(s) that are 0. "
            "LiteRT stops there, too: look at what comes before it."
        )


_Pair = partial(Kernel, values=(0, 1), rules=(broadcasting,), along_batch=meets_batch)

KERNELS = (
    _Pair("DIV", div),
    _Pair("DIV", div, types=("INT16",)),
    _Pair("DIV", div_of_wholes, types=("INT32",)),
    _Pair("FLOOR_DIV", floor_div, types=("INT32",)),
    _Pair("FLOOR_MOD", floor_mod, types=("INT32", "INT64")),
)
