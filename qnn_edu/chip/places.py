"""Places of values in memory, and the nested loops that visit them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Loop(NamedTuple):
    """`count` places, so many values apart in each of several arrays."""

    count: int
    steps: tuple[int, ...]


def loops(*places: np.ndarray) -> tuple[list[Loop], np.ndarray]:
    """Loops, the innermost first, that visit all of `places`, and where they begin.

    `places` are sequences of one length, a place each in several arrays. A loop is found where all
    of them go on evenly; as it is taken away, its beginnings are left. In the end there is one
    beginning, (arrays, 1), or there are several, (arrays, n), which follow no rule.

    >>> x = np.arange(12).reshape(3, 4)  # the places of the values of an array
    >>> found, begins = loops(x.T.ravel())
    >>> found, begins.tolist()
    ([Loop(count=3, steps=(4,)), Loop(count=4, steps=(1,))], [[0]])
    """
    left = np.stack([np.ravel(each).astype(np.int64) for each in places])
    found: list[Loop] = []
    while left.shape[1] > 1:
        steps = np.diff(left, axis=1)
        uneven = np.flatnonzero((steps != steps[:, :1]).any(axis=0)) + 1
        count = int(np.gcd.reduce(np.append(uneven, left.shape[1])))
        if count == 1:
            break
        found.append(Loop(count, tuple(steps[:, 0].tolist())))
        left = left[:, ::count]
    return found, left
