"""How vectors of "optimized" bring results of 32 bits to 8: through 16 bits.

What is 128 times farther out than the output reaches comes back from the other side there, or is
kept at the end of 16 bits; plain code clamps it.
"""

from __future__ import annotations

import numpy as np

from qnn_edu.engine.node import Node
from qnn_edu.engine.vectors import row_of_pairs, whole_vectors


def narrowed(node: Node, whole: np.ndarray, *, saturating: bool) -> np.ndarray:
    """`clamp(wrap(s + Z))`, s being rounded results, wrapped to 16 bits or saturated."""
    grid = np.iinfo(np.int16)
    short = np.clip(whole, grid.min, grid.max) if saturating else whole.astype(np.int16)
    moved = (short.astype(np.int64) + node.output.zero_point).astype(np.int16)
    return np.clip(moved, *node.clamp()).astype(node.output.dtype)


def in_vectors(node: Node, width: int, width_of_single: int) -> np.ndarray:
    """Which places of the output lie in vectors of so many values, the other where one input has a
    single value for a row."""
    row, single = row_of_pairs(*(tensor.shape for tensor in node.inputs))
    return whole_vectors(node.output.shape, width_of_single if single else width, row)
