"""Functions of one value as tables: what LiteRT computes in float32 once, and then looks up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qnn_edu.core import interpolation
from qnn_edu.core.rounding import half_away
from qnn_edu.engine.node import Node
from qnn_edu.tflite.graph import Tensor

Function = Callable[[np.ndarray], np.ndarray]  # float32 to float32


def table_of(node: Node, function: Function) -> np.ndarray:
    """`q = clamp(round(f(S_x (q_x - Z_x)) / S) + Z)` for each integer, from the lowest up.

    All in float32, `1 / S` too, which is multiplied by. Ties go away from zero; XNNPACK adds the
    zero point first, and its ties then go to even.
    """
    x, y = node.inputs[0], node.output
    grid, zero_point = np.iinfo(y.dtype), np.float32(y.zero_point)
    steps = function(_real(x, np.arange(grid.min, grid.max + 1))) * (1 / np.float32(y.scale))
    even = node.kernels == "xnnpack"
    q = np.rint(steps + zero_point) if even else half_away(steps) + zero_point
    return np.clip(q, grid.min, grid.max).astype(y.dtype)


def wide_table_of(node: Node, function: Function) -> np.ndarray:
    """513 entries for int16, in float32; see `core.interpolation.table_of`."""
    x, y = node.inputs[0], node.output
    s, t = np.float32(x.scale), np.float32(y.scale)
    return interpolation.table_of(function, s, x.zero_point, t, y.zero_point)


def _real(tensor: Tensor, q: np.ndarray) -> np.ndarray:
    """`S (q - Z)` in float32."""
    return np.float32(tensor.scale) * (q - tensor.zero_point).astype(np.float32)
