"""What stays together in a diagram: segments of a network, between which few tensors pass."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate

from qnn_edu.tflite.graph import Operator, Subgraph

Segment = tuple[Operator, ...]
Read = tuple[int, int]  # a tensor, and the number of an operator that reads it


def drawing_order(graph: Subgraph) -> list[Operator]:
    """The operators in the file's order, but arithmetic on constants just before its first reader.

    So what prepares the weights of a layer stands beside that layer, not at the beginning.
    """
    maker = {i: op for op in graph.operators for i in op.outputs}
    ready, seen, placed = fed(graph), set(), []

    def place(operator: Operator) -> None:
        if operator.index not in seen:
            seen.add(operator.index)
            for i in operator.inputs:
                if i in maker and i not in ready:
                    place(maker[i])
            placed.append(operator)

    for operator in graph.operators:
        if ready.intersection(operator.inputs) or not (operator.inputs or operator.outputs):
            place(operator)  # CALL_ONCE is an operator that neither reads nor makes anything
    for operator in graph.operators:  # what no input ever reaches
        place(operator)
    return placed


def fed(graph: Subgraph) -> set[int]:
    """The tensors that depend on an input of the graph, the inputs among them."""
    found = set(graph.inputs)
    for operator in graph.operators:
        if found.intersection(operator.inputs):
            found.update(operator.outputs)
    return found


def far_reads(graph: Subgraph, order: Sequence[Operator], reach: int) -> set[Read]:
    """Reads of tensors that were made, or as an input first read, more than `reach` boxes before.

    Their arrows would lead past all that stands between.
    """
    made = _places(graph, order)
    return {
        (i, op.index) for k, op in enumerate(order) for i in op.inputs if k - made.get(i, k) > reach
    }


def segments(
    graph: Subgraph, far: Collection[Read] = (), longest: int | None = None
) -> list[Segment]:
    """The operators, cut wherever at most one tensor is made before and read after, `far` aside.

    A chain falls into its single operators; a residual block stays whole. Arithmetic on constants,
    as of batch normalisation, stays with the one operator before it. A segment of more operators
    than `longest` is cut where the fewest tensors pass.
    """
    operators, ready = drawing_order(graph), fed(graph)
    passing = _passing(graph, operators, far)
    found, start = [], 0
    for end in range(1, len(operators) + 1):
        if passing[end] <= 1:
            beside = not ready.intersection(operators[start].inputs)
            if beside and found and found[-1][1] - found[-1][0] == 1:
                start = found.pop()[0]
            found.append((start, end))
            start = end
    if longest is not None:
        found = [piece for whole in found for piece in _cut(*whole, passing, longest)]
    return [tuple(operators[start:end]) for start, end in found]


def _places(graph: Subgraph, order: Sequence[Operator]) -> dict[int, int]:
    """Where in an order each tensor is made; an input of the graph is drawn at its first reader."""
    first: dict[int, int] = {}
    for k, operator in enumerate(order):
        for i in operator.inputs:
            first.setdefault(i, k)
    made = {i: k for k, op in enumerate(order) for i in op.outputs}
    return made | {i: first[i] for i in graph.inputs if i in first}


def _passing(graph: Subgraph, order: Sequence[Operator], far: Collection[Read]) -> list[int]:
    """How many tensors are made before each place of an order and read behind it."""
    made, last = _places(graph, order), {}
    for k, operator in enumerate(order):
        last.update((i, k) for i in operator.inputs if (i, operator.index) not in far)
    change = [0] * (len(order) + 1)
    for i in made.keys() & last.keys():
        change[made[i] + 1] += 1
        change[last[i] + 1] -= 1
    return list(accumulate(change))


def _cut(start: int, end: int, passing: Sequence[int], longest: int) -> list[tuple[int, int]]:
    """A segment in pieces of at most `longest`, each cut near the middle where the fewest pass."""
    if end - start <= longest:
        return [(start, end)]
    quarter, middle = (end - start) // 4, (start + end) // 2
    at = min(range(start + quarter, end - quarter), key=lambda k: (passing[k], abs(k - middle)))
    return _cut(start, at, passing, longest) + _cut(at, end, passing, longest)
