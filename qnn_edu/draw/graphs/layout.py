"""How a diagram lays boxes out: levels, the line through them, columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from qnn_edu.draw.graphs.segments import Segment
from qnn_edu.tflite.graph import Operator

Sizes = Sequence[tuple[float, float]]  # widths and heights of items


def ranks(operators: Segment) -> list[list[Operator]]:
    """The operators by level: each stands below all that it reads from.

    >>> [[op.name for op in rank] for rank in ranks((Operator(0, "a", 1, (0,), (1,)),
    ...     Operator(1, "b", 1, (0,), (2,)), Operator(2, "add", 1, (1, 2), (3,))))]
    [['a', 'b'], ['add']]
    """
    level: dict[int, int] = {}
    found: list[list[Operator]] = []
    for operator in operators:
        depth = max((level[i] + 1 for i in operator.inputs if i in level), default=0)
        level.update(dict.fromkeys(operator.outputs, depth))
        if depth == len(found):
            found.append([])
        found[depth].append(operator)
    return found


def spine(operators: Segment) -> list[Operator]:
    """The operators on one longest way down through a segment: they stand in line."""
    depth = {op.index: k for k, rank in enumerate(ranks(operators)) for op in rank}
    maker = {i: op for op in operators for i in op.outputs}
    way = sorted(operators, key=lambda op: depth[op.index])[-1:]
    while way and depth[way[-1].index]:
        above = (maker[i] for i in way[-1].inputs if i in maker)
        way.append(max(above, key=lambda op: depth[op.index]))
    return way[::-1]


def columns(
    sizes: Sizes, *, width: float, height: float, count: int | None = None
) -> list[list[int]]:
    """Items of (width, height) wrapped into columns, as lists of item numbers.

    As few columns as keep each at most `height` high, and no more than fit into `width`; or `count`
    columns. They are as even as can be.

    >>> columns([(10, 4)] * 5, width=100, height=8)
    [[0, 1], [2, 3], [4]]
    """
    if count is not None:
        return _wrap(sizes, count)
    best = _wrap(sizes, 1)
    for wanted in range(2, len(sizes) + 1):
        if highest(best, sizes) <= height:
            break
        wrapped = _wrap(sizes, wanted)
        if wide(wrapped, sizes) > width:
            break
        best = wrapped
    return best


def highest(columns: Sequence[Sequence[int]], sizes: Sizes) -> float:
    return max(sum(sizes[k][1] for k in column) for column in columns)


def wide(columns: Sequence[Sequence[int]], sizes: Sizes) -> float:
    """The width of columns beside one another."""
    return sum(max((sizes[k][0] for k in column), default=0) for column in columns)


def _wrap(sizes: Sizes, count: int) -> list[list[int]]:
    """At most `count` columns whose highest is as low as can be; one empty column of nothing."""
    limit = max([sum(high for _, high in sizes) / count, *(high for _, high in sizes)])
    while len(wrapped := filled(sizes, limit)) > count:
        # Nothing changes below the height at which some column takes one item more.
        limit = min(
            sum(sizes[k][1] for k in [*column, after[0]]) for column, after in pairwise(wrapped)
        )
    return wrapped


def filled(sizes: Sizes, limit: float) -> list[list[int]]:
    """Columns filled in order, each until the next item would exceed `limit`."""
    found: list[list[int]] = [[]]
    total = 0.0
    for k, (_, high) in enumerate(sizes):
        if found[-1] and total + high > limit:
            found.append([])
            total = 0.0
        found[-1].append(k)
        total += high
    return found
