"""Over which stretches LiteRT's fast kernels of pairs loop, where shapes broadcast.

A loop goes over values that lie in a row in both inputs, or meets all of them with a single one.
Its vectors never reach into the next stretch, whose last values are left over again.
"""

from __future__ import annotations

from itertools import groupby, zip_longest
from math import prod

Shape = tuple[int, ...]
ALIKE = 0  # beside 1 and 2: which of two inputs has one value for a dimension


def stretch(a: Shape, b: Shape) -> tuple[int, bool]:
    """How many outputs are made in a row, and whether one input has a single value there.

    Inputs may take two turns at having one value for a dimension, and each of them one; where
    shapes are more mixed, no fast kernel is taken: (0, False).

    >>> stretch((2, 3, 8), (2, 3, 8)), stretch((2, 3, 8), (8,)), stretch((2, 3, 8), (2, 3, 1))
    ((48, False), (8, False), (8, True))
    >>> stretch((2, 3, 1), (2, 1, 4)), stretch((2, 3, 8, 5), (1, 3, 1, 5))
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
