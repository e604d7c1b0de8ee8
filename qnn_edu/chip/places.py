"""Places of values in memory, and the nested loops that visit them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from qnn_edu.chip.arrays import Array


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


def innermost(found: Sequence[Loop], size: int, words: str) -> dict[str, int]:
    """For C: `size` values of two arrays, named by `words`, in blocks that the first loop visits.

    >>> innermost([Loop(3, (4, 1)), Loop(4, (1, 3))], 12, "xy")
    {'blocks': 4, 'count': 3, 'x_step': 4, 'y_step': 1}
    """
    count, steps = found[0] if found else Loop(1, (1, 1))
    named = {f"{word}_step": step for word, step in zip(words, steps, strict=True)}
    return {"blocks": size // count, "count": count} | named


def around(found: Sequence[Loop], words: str, name: str) -> dict[str, int | Array | None]:
    """For C: the loops around the first, outermost first, in arrays whose names end in `name`.

    >>> numbers = around([Loop(3, (4, 1)), Loop(4, (1, 3))], "xy", "0")
    >>> numbers["loops"], numbers["size"].values.tolist(), numbers["y_steps"].values.tolist()
    (1, [4], [3])
    """
    outer = found[:0:-1]
    columns = {"size": [each.count for each in outer]}
    columns |= {f"{w}_steps": [each.steps[k] for each in outer] for k, w in enumerate(words)}
    arrays = {
        word: Array(f"{word}_{name}", np.int32(values)) if outer else None
        for word, values in columns.items()
    }
    return {"loops": len(outer)} | arrays
