"""Functions of one value in integers: ABS, NEG, SQRT, RSQRT.

XNNPACK declines them, and LiteRT has one kernel of each: all kernel sets compute alike.
"""

from __future__ import annotations

import numpy as np

from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.core.fixed_roots import inverse_square_root
from qnn_edu.core.interpolation import interpolated
from qnn_edu.engine.kernel import FLOATS, Kernel
from qnn_edu.engine.kernels.rescaling import CLAMPED, relu_ratio
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finished, offset, rescaled
from qnn_edu.engine.rules import of_one_size, symmetric, within_32_bits
from qnn_edu.engine.tables import wide_table_of

ROOT_BITS = 20  # places after the point of an inverse root


def abs_(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M |q_x - Z_x|) + Z)`, `M = S_x / S` in float32; without M if it is 1."""
    size = np.abs(offset(node, x)[0])
    m = relu_ratio(node)
    return finished(node, size) if m == 1 else rescaled(node, size, m)


def neg(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = -q_x`, whatever scales and zero points say; the lowest integer stays as it is."""
    return np.negative(x)


def sqrt(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = clamp(trunc(sqrt(S_x (q_x - Z_x)) / S) + Z)` in float32: it cuts, and does not round."""
    (q,) = offset(node, x)
    _require_roots(q)
    root = np.sqrt(np.float32(node.inputs[0].scale) * q.astype(np.float32))
    whole = np.trunc(root / np.float32(node.output.scale)).astype(np.int64)
    return finished(node, whole)


def rsqrt(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M r) + Z)`, r is `1 / sqrt(q_x - Z_x)` with 20 places after the point.

    `M = 1 / (sqrt(S_x) S)`; both roundings are double. Of `Z_x` it makes the highest integer.
    """
    (q,) = offset(node, x)
    _require_roots(q)
    m, shift = quantize_multiplier(_of_a_root(node))
    inverse, places = inverse_square_root(q)
    r = double_rounding(np.ones_like(q), inverse, places + ROOT_BITS)
    scaled = double_rounding(r, m, shift - ROOT_BITS)
    highest = np.iinfo(x.dtype).max - node.output.zero_point
    return finished(node, np.where(q == 0, highest, scaled))


def _of_a_root(node: Node) -> np.float64:
    root = np.sqrt(np.float32(node.inputs[0].scale)) * np.float32(node.output.scale)
    return 1 / np.float64(root)


def wide_rsqrt(node: Node, x: np.ndarray) -> np.ndarray:
    """RSQRT of 16 bits, interpolated in a table; see `engine.tables.wide_table_of`."""
    _require_roots(x)
    return interpolated(x, node.once(_rsqrt_table))


def _rsqrt_table(node: Node) -> np.ndarray:
    highest = np.float32(np.iinfo(np.int16).max) * np.float32(node.output.scale)

    def function(x: np.ndarray) -> np.ndarray:
        return np.where(x > 0, 1 / np.sqrt(np.where(x > 0, x, 1)), highest)

    return wide_table_of(node, function)


def _require_roots(q: np.ndarray) -> None:
    """LiteRT, too, stops where a number has no root."""
    if (q < 0).any():
        count = np.count_nonzero(q < 0)
        raise ValueError(f"{count} value(s) are below 0 and have no root, where LiteRT stops, too")


_SIGNED = ("INT8", "INT16", "INT32", "INT64", *FLOATS)
_ONE, _WIDE = (of_one_size,), (of_one_size, symmetric)

KERNELS = (
    Kernel("ABS", abs_, types=("INT8",), rules=CLAMPED),
    Kernel("ABS", abs_, types=("INT16",), rules=(symmetric, *CLAMPED)),
    Kernel("ABS", lambda node, x: np.abs(x), types=("INT32",), rules=_ONE),
    Kernel("NEG", neg, types=_SIGNED, scaled=False, rules=_ONE),
    Kernel("RSQRT", rsqrt, types=("INT8",), rules=(of_one_size, within_32_bits(_of_a_root))),
    Kernel("RSQRT", wide_rsqrt, types=("INT16",), rules=_WIDE),
    Kernel("SQRT", sqrt, types=("INT8",), rules=_ONE),
    Kernel("SQRT", sqrt, types=("INT16",), rules=_WIDE),
)
