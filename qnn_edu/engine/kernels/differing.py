"""SQUARED_DIFFERENCE: how far two values are from each other, squared."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.engine.broadcasting import broadcasting, meets_batch
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import offset, rescaled

LEFT_SHIFT = 7  # places after the point that a difference keeps: its square fits 32 bits


def squared_difference(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M (x_a - x_b)**2) + Z)`, in every kernel set.

    As in ADD, each input is brought to a scale where both fit, here 2 max(S_a, S_b) / 2**7.
    """
    x, y = offset(node, a, b)
    s, t = (np.float64(tensor.scale) for tensor in node.inputs)
    m, n = (quantize_multiplier(scale / (2 * max(s, t))) for scale in (s, t))
    difference = double_rounding(x << LEFT_SHIFT, *m) - double_rounding(y << LEFT_SHIFT, *n)
    return rescaled(node, difference**2, _scale(node))


def squared_difference_of_wholes(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`(a - b)**2` in int32, which wraps around."""
    return (a - b) * (a - b)


def _scale(node: Node) -> np.float64:
    twice = 2 * np.float64(max(tensor.scale for tensor in node.inputs))
    return twice**2 / (2 ** (2 * LEFT_SHIFT) * np.float64(node.output.scale))


def _not_too_fine(node: Node) -> Iterator[str]:
    """The output is not so fine that M is 1 or more, where LiteRT would end the process."""
    if _scale(node) >= 1:
        yield f"its output has the scale {node.output.scale:.3g}, too fine for its inputs"


_Pair = partial(Kernel, "SQUARED_DIFFERENCE", values=(0, 1), along_batch=meets_batch)

KERNELS = (
    _Pair(squared_difference, types=("INT8",), rules=(broadcasting, _not_too_fine)),
    _Pair(squared_difference_of_wholes, types=("INT32",), rules=(broadcasting,)),
)
