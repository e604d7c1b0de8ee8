"""What stays together in a diagram: segments of a network, and blocks that repeat."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from qnn_edu.tflite.graph import Operator, Subgraph

Segment = tuple[Operator, ...]
LONGEST_RUN = 32  # segments; a longer run that repeats would not fit on a screen anyway


@dataclass(frozen=True)
class Block:
    """Operators that stay together, once for each time that they stand one after another."""

    repeats: tuple[Segment, ...]

    @property
    def operators(self) -> Segment:
        """The operators of the first time, which are drawn."""
        return self.repeats[0]


def drawing_order(graph: Subgraph) -> list[Operator]:
    """The operators in the file's order, but arithmetic on constants just before its first reader.

    So what prepares the weights of a layer stands beside that layer, not at the beginning.
    """
    maker = {i: op for op in graph.operators for i in op.outputs}
    ready, placed = fed(graph), {}

    def place(operator: Operator) -> None:
        if operator.index not in placed:
            for i in operator.inputs:
                if i in maker and i not in ready:
                    place(maker[i])
            placed[operator.index] = operator

    for operator in graph.operators:
        if ready.intersection(operator.inputs):
            place(operator)
    for operator in graph.operators:  # what no input ever reaches
        place(operator)
    return list(placed.values())


def fed(graph: Subgraph) -> set[int]:
    """The tensors that depend on an input of the graph, the inputs among them."""
    found = set(graph.inputs)
    for operator in graph.operators:
        if found.intersection(operator.inputs):
            found.update(operator.outputs)
    return found


def segments(graph: Subgraph) -> list[Segment]:
    """The operators, cut wherever at most one tensor is made before and read after.

    A chain falls into its single operators; a residual block stays whole. Arithmetic on constants,
    as of batch normalisation, stays with the one operator before it.
    """
    operators, ready = drawing_order(graph), fed(graph)
    made = {i: k for k, op in enumerate(operators) for i in op.outputs}
    first, last = {}, {}
    for k, operator in enumerate(operators):
        for i in operator.inputs:
            first.setdefault(i, k)
            last[i] = k
    made |= {i: first[i] for i in graph.inputs if i in first}  # drawn beside their first readers
    alive = [0] * (len(operators) + 1)  # how many more tensors than one operator before
    for i in made.keys() & last.keys():
        alive[made[i] + 1] += 1
        alive[last[i] + 1] -= 1
    found, start, count = [], 0, 0
    for end in range(1, len(operators) + 1):
        count += alive[end]
        if count <= 1:
            beside = not ready.intersection(operators[start].inputs)
            if beside and found and len(found[-1]) == 1:
                start -= len(found.pop())
            found.append(tuple(operators[start:end]))
            start = end
    return found


def blocks(parts: Sequence[Segment], signs: Sequence[Hashable]) -> list[Block]:
    """Segments as blocks; where a run of segments repeats, one block for all its repeats.

    `signs[k]` is what must be equal in segments that repeat. Of the runs that begin at a place the
    one that saves most boxes is taken.

    >>> a, b = (Operator(k, name, 1, (), ()) for k, name in enumerate("ab"))
    >>> [len(block.repeats) for block in blocks([(a,), (b,), (a,), (b,), (b,)], "ababb")]
    [2, 1]
    """
    found, start = [], 0
    while start < len(parts):
        length, times = _best_run(parts, signs, start)
        runs = [parts[start + k * length :][:length] for k in range(times)]
        found.append(Block(tuple(tuple(op for part in run for op in part) for run in runs)))
        start += length * times
    return found


def signs(
    graph: Subgraph, parts: Sequence[Segment], values: Mapping[int, float]
) -> list[tuple[Hashable, ...]]:
    """What segments share if one box can stand for all: all but names, constants and scales.

    Operators, options, shapes, types, values, and how they are joined; a segment must read what the
    one before it made, and its tensors must be no outputs of the graph.
    """
    computed = {*graph.inputs, *(i for op in graph.operators for i in op.outputs)}
    found: list[tuple[Hashable, ...]] = []
    before: set[int] = set()
    for k, part in enumerate(parts):
        inside: dict[int, Hashable] = {}
        rows: list[Hashable] = []
        for operator in part:
            read = []
            for i in operator.inputs:
                alone = k if i in computed and i not in before else None
                read.append(inside.get(i, i if i < 0 else (*_kind(graph, i), alone)))
            for n, i in enumerate(operator.outputs):
                inside[i] = (len(rows), n)
            made = [
                (*_kind(graph, i), values.get(i), k if i in graph.outputs else None)
                for i in operator.outputs
            ]
            options = repr(sorted(operator.options.items()))
            rows.append((operator.name, options, tuple(read), tuple(made)))
        before = {i for operator in part for i in operator.outputs}
        found.append(tuple(rows))
    return found


def _kind(graph: Subgraph, tensor: int) -> tuple[Hashable, ...]:
    return graph.tensors[tensor].shape, graph.tensors[tensor].type


def _best_run(parts: Sequence[Segment], signs: Sequence[Hashable], start: int) -> tuple[int, int]:
    """(segments in a run, times that it stands here) where most is saved."""
    best, most = (1, 1), 0
    for length in range(1, min(LONGEST_RUN, (len(parts) - start) // 2) + 1):
        run, times = signs[start : start + length], 1
        while signs[start + times * length : start + (times + 1) * length] == run:
            times += 1
        saved = (times - 1) * sum(map(len, parts[start : start + length]))
        if saved > most:
            best, most = (length, times), saved
    return best
