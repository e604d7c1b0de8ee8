"""Which values LiteRT's vectorized code takes several at a time, where that code has its own law.

It works through rows of neighbors in memory; what is left over of a row goes through plain code.
"""

from __future__ import annotations

from math import prod

import numpy as np

Shape = tuple[int, ...]


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
    """How long the rows of a pair are, whose shapes broadcast, and whether one value meets all of a
    row. No row, of length 0, where more than two dimensions in turn are stretched.

    From the last dimension on: those of one size, those that one input stretches, those of one
    size, those that the other stretches, those of one size. The first group is a row, or the second
    if the first has one value. Source: LiteRT's `BinaryBroadcastFiveFold`.

    >>> row_of_pairs((2, 3), (2, 3)), row_of_pairs((2, 3), (1, 3)), row_of_pairs((2, 3), (2, 1))
    ((6, False), (3, False), (3, True))
    """
    dimensions = max(len(a), len(b))
    pairs = [tuple(reversed((1,) * (dimensions - len(each)) + each)) for each in (a, b)]
    left = list(zip(*pairs, strict=True))  # from the last dimension on
    if next((m for m, n in left if m != n), 1) != 1:
        left = [(n, m) for m, n in left]  # the first stretches the last dimension that differs
    sizes = []
    for group in range(5):
        count = 0
        while count < len(left) and _belongs(left[count], group):
            count += 1
        sizes.append(prod(max(pair) for pair in left[:count]))
        left = left[count:]
    if left:
        return 0, False
    return (sizes[0], False) if sizes[0] > 1 else (sizes[1], True)


def _belongs(pair: Shape, group: int) -> bool:
    """Whether a dimension belongs to a group: of one size, or stretched by one of the two."""
    m, n = pair
    return {1: m == 1, 3: n == 1}.get(group, m == n)
