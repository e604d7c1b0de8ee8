"""CAST: the same number in another type, whatever scales say."""

from __future__ import annotations

import numpy as np

from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_one_size

WHOLE = ("INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32", "INT64", "BOOL")
REAL = ("FLOAT16", "FLOAT32", "FLOAT64")


def cast(node: Node, x: np.ndarray) -> np.ndarray:
    """Whole numbers keep their lowest bits, as in C; what is not 0 is true."""
    return x.astype(node.output.dtype)


def cast_real(node: Node, x: np.ndarray) -> np.ndarray:
    """From real numbers: the fraction is cut off, what is too large becomes the nearest integer.

    What is not a number becomes the largest one.
    """
    if node.output.dtype.kind not in "iu":
        return x.astype(node.output.dtype)
    x, grid = x.astype(np.float64), np.iinfo(node.output.dtype)
    inside = (x > grid.min) & (x < grid.max)
    whole = np.where(inside, x, 0).astype(node.output.dtype)
    return np.where(inside, whole, np.where(x <= grid.min, grid.min, grid.max).astype(whole.dtype))


def _cast(compute, types):
    return Kernel("CAST", compute, types, to=(*WHOLE, *REAL), scaled=False, rules=(of_one_size,))


KERNELS = (_cast(cast, WHOLE), _cast(cast_real, REAL))
