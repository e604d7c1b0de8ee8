"""Which values LiteRT's vectorized code takes several at a time, where that code has its own law.

It works through rows of neighbors in memory; what is left over of a row goes through plain code.
"""

from __future__ import annotations

from itertools import groupby, zip_longest
from math import prod

import numpy as np

Shape = tuple[int, ...]
ALIKE = 0  # beside 1 and 2: which of two inputs has one value for a dimension


def whole_vectors(shape: Shape, width: int, row: int | None = None) -> np.ndarray:
    """Which values lie in whole vectors of `width`, of rows of so many values; one row if None.

    >>> whole_vectors((2, 5), 2, row=5).astype(int)
    array([[1, 1, 1, 1, 0],
           [1, 1, 1, 1, 0]])
    """
    size = prod(shape)
    row = size if row is None else row
    return (np.arange(size) % max(row, 1) < row // width * width).reshape(shape)


def row_of_pairs(a: Shape, b: Shape) -> tuple[int, bool]:
    """How many outputs are made in a row, and whether one input has a single value there, where
    shapes broadcast.

    Inputs may take two turns at having one value for a dimension, and each of them one; where
    shapes are more mixed, no fast kernel is taken: (0, False). Source: LiteRT's
    `BinaryBroadcastFiveFold`.

    >>> row_of_pairs((2, 3), (2, 3)), row_of_pairs((2, 3), (3,)), row_of_pairs((2, 3), (2, 1))
    ((6, False), (3, False), (3, True))
    >>> row_of_pairs((2, 3, 1), (2, 1, 4)), row_of_pairs((2, 3, 8, 5), (1, 3, 1, 5))
    ((4, True), (0, False))
    """
    sizes = zip_longest(reversed(a), reversed(b), fillvalue=1)
    from_last = [pair for pair in sizes if pair != (1, 1)]
    runs = [(kind, prod(map(max, pairs))) for kind, pairs in groupby(from_last, _kind)]
    turns = [kind for kind, _ in runs if kind != ALIKE]
    if len(turns) > len(set(turns)):
        return 0, False
    kind, length = runs[0] if runs else (ALIKE, 1)
    return length, kind != ALIKE


def _kind(sizes: tuple[int, int]) -> int:
    return ALIKE if sizes[0] == sizes[1] else 1 + (sizes[1] == 1)
