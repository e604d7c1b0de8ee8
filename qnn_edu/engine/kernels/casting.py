"""CAST: the same number in another type, whatever scales say."""

from __future__ import annotations

from functools import partial

import numpy as np

from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_one_size

WHOLE = ("INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32", "INT64", "BOOL")
REAL = ("FLOAT16", "FLOAT32", "FLOAT64")


def cast(node: Node, x: np.ndarray) -> np.ndarray:
    """Whole numbers keep their lowest bits, as in C; what is not 0 is true."""
    with np.errstate(over="ignore"):  # float16 ends at 65504
        return x.astype(node.output.dtype)


def cast_real(node: Node, x: np.ndarray) -> np.ndarray:
    """Real numbers lose their fraction, and are clamped; what is no number becomes the largest."""
    dtype = node.output.dtype
    if dtype.kind not in "iu":
        return cast(node, x)
    grid, real = np.iinfo(dtype), x.astype(np.float64)
    inside = (real > grid.min) & (real < grid.max)
    edges = np.where(real <= grid.min, dtype.type(grid.min), dtype.type(grid.max))
    return np.where(inside, np.where(inside, real, 0).astype(dtype), edges)


_Cast = partial(Kernel, "CAST", to=(*WHOLE, *REAL), scaled=False, rules=(of_one_size,))

KERNELS: tuple[Kernel, ...] = (_Cast(cast, WHOLE), _Cast(cast_real, REAL))
