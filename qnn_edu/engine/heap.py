"""The order in which libstdc++'s `partial_sort` leaves the largest values: equal ones show it.

It keeps the largest values so far in a heap, the smallest of them at the root, and then takes root
after root. Source: Williams 1964 (heapsort); `bits/stl_heap.h`, whose steps these are.
"""

from __future__ import annotations

from collections.abc import Sequence


def largest(values: Sequence[float], count: int) -> list[int]:
    """The places of the `count` largest values, falling; of one, the first.

    >>> largest([1, 3, 2, 3], 2), largest([3, 3], 1)
    ([3, 1], [0])
    """
    if count == 1:
        return [max(range(len(values)), key=values.__getitem__)]
    heap = list(range(count))
    for hole in reversed(range(count // 2)):
        _sink(heap, values, hole, heap[hole], count)
    for place in range(count, len(values)):
        if values[place] > values[heap[0]]:
            _sink(heap, values, 0, place, count)
    for last in reversed(range(1, count)):
        root, moved = heap[0], heap[last]
        heap[last] = root
        _sink(heap, values, 0, moved, last)
    return heap


def _sink(heap: list[int], values: Sequence[float], hole: int, place: int, count: int) -> None:
    """Fill a hole with `place`: smaller children rise all the way down, then it rises itself."""
    top = hole
    while (child := 2 * hole + 1) < count:
        right = child + 1
        if right < count and not values[heap[right]] > values[heap[child]]:
            child = right
        heap[hole], hole = heap[child], child
    while hole > top and values[heap[parent := (hole - 1) // 2]] > values[place]:
        heap[hole], hole = heap[parent], parent
    heap[hole] = place
