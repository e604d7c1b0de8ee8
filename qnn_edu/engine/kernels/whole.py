"""Arithmetic on integers that mean themselves, mostly sizes: what leaves the type wraps around."""

from __future__ import annotations

import numpy as np

from qnn_edu.engine.broadcasting import meets_batch, of_pairs
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.kernels.reducing import along_first_axis, axes_of
from qnn_edu.engine.node import Node


def reduce_prod(node: Node, x: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """All values along the axes, multiplied."""
    return np.prod(x, axes_of(x, axes), x.dtype)


PAIRS = {"ADD": np.add, "MUL": np.multiply, "SUB": np.subtract}
WHOLE = ("INT32", "INT64")

KERNELS: tuple[Kernel, ...] = (
    *(
        Kernel(name, of_pairs(law), WHOLE, values=(0, 1), along_batch=meets_batch)
        for name, law in PAIRS.items()
    ),
    Kernel("REDUCE_PROD", reduce_prod, WHOLE, settings=(1,), along_batch=along_first_axis),
)
