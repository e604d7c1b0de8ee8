"""HARD_SWISH, `x min(max(x + 3, 0), 6) / 6`, with 16 bits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.core.fixed_point import divide_by_power, quantize_multiplier
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import offset
from qnn_edu.engine.rules import of_one_size

HIGH_BITS = 7  # places after the point that an input of 8 bits is given
LOWEST, HIGHEST = -(2**15), 2**15 - 1


def hard_swish(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = clamp(x relu6(x + 3) / 6)` with `x = 128 (q_x - Z_x)`, in every kernel set.

    `a` is x in steps of the output, not yet shifted; `b` is x / 3 from -1 to 1, saturated, in steps
    of 2**-15, and then (1 + b) / 2 from 0 to 1. Both multiplications round half up, the product `a
    b` towards zero, and the last shift half away from zero.
    """
    (x,) = offset(node, x)
    x = x << HIGH_BITS
    m, places = node.once(_to_output)
    a = _high(x, m)
    n, shift = _short_multiplier(_high_scale(node) / np.float32(3 / 2**15))
    b = _high(_saturated(x << max(shift - 1, 0)), n)
    b = _saturated(b << 1) if shift > 0 else divide_by_power(b, -shift)
    product = np.trunc(((b + 2**15) >> 1) * a / 2**15).astype(np.int64)
    q = divide_by_power(product, -places) + node.output.zero_point
    grid = np.iinfo(node.output.dtype)
    return np.clip(q.astype(np.int16), grid.min, grid.max).astype(grid.dtype)  # 16 bits overflow


def _high(x: np.ndarray, multiplier: int) -> np.ndarray:
    """`x m / 2**15`, half up, of numbers of 16 bits; see `core.fixed_point.high_multiply`."""
    return (x * multiplier + (1 << 14)) >> 15


def _saturated(x: np.ndarray) -> np.ndarray:
    return np.clip(x, LOWEST, HIGHEST)


def _high_scale(node: Node) -> np.float32:
    return np.float32(node.inputs[0].scale) / np.float32(2**HIGH_BITS)


def _to_output(node: Node) -> tuple[int, int]:
    return _short_multiplier(_high_scale(node) / np.float32(node.output.scale))


def _short_multiplier(scale: np.float32) -> tuple[int, int]:
    """A multiplier of 16 bits, `m * 2**(shift - 15)`."""
    multiplier, shift = quantize_multiplier(np.float64(scale))
    return min((multiplier + 2**15) >> 16, HIGHEST), shift


def _not_too_fine(node: Node) -> Iterator[str]:
    """The output is not so fine that its integers outgrow 16 bits."""
    if _to_output(node)[1] > 0:
        x, y = node.inputs[0].scale, node.output.scale
        yield f"input of scale {x:.3g}, output of {y:.3g}; expected less than 128 times as much"


KERNELS = (Kernel("HARD_SWISH", hard_swish, rules=(of_one_size, _not_too_fine)),)
