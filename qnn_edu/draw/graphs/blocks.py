"""Blocks of a diagram: segments of a network that stay together, drawn once if they repeat."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from qnn_edu.draw.graphs.group import members, numbered
from qnn_edu.draw.graphs.segments import Read, Segment, drawing_order, far_reads, segments
from qnn_edu.draw.graphs.words.constants import WHOLE
from qnn_edu.tflite.graph import Subgraph, Tensor

LONGEST_RUN = 32  # segments; a longer run that repeats would not fit on a screen anyway
LONGEST = 12  # operators of a segment in a large graph; more would be higher than a screen
REACH = 10  # boxes that an arrow of a large graph may pass by


@dataclass(frozen=True)
class Block:
    """Operators that stay together, once for each time that they stand one after another."""

    repeats: tuple[Segment, ...]

    @property
    def operators(self) -> Segment:
        """The operators of the first time, which are drawn."""
        return self.repeats[0]

    @property
    def numbers(self) -> list[str]:
        """The number of each operator; from the first to the last where the block repeats.

        >>> from qnn_edu.tflite.graph import Operator
        >>> first, second = (Operator(k, "ADD", 1, (), ()) for k in (2, 4))
        >>> Block(((first,), (second,))).numbers
        ['2 … 4']
        """
        ends = (self.repeats[0], self.repeats[-1])
        each = [dict.fromkeys(map(numbered, pair)) for pair in zip(*ends, strict=True)]
        return [" … ".join(pair) for pair in each]


def arranged(
    graph: Subgraph, values: Mapping[int, float], *, collapse: bool, large: bool
) -> tuple[list[Block], set[Read]]:
    """The blocks of a graph in drawing order, and reads that are too far for an arrow.

    `collapse`: one block for what repeats. In a `large` graph no arrow is long, and no segment.
    """
    far = far_reads(graph, drawing_order(graph), REACH) if large else set()
    parts = segments(graph, far, LONGEST if large else None)
    same = signs(graph, parts, values) if collapse else list(range(len(parts)))
    return blocks(parts, same), far


def blocks(parts: Sequence[Segment], signs: Sequence[Hashable]) -> list[Block]:
    """Segments as blocks; where a run of segments repeats, one block for all its repeats.

    `signs[k]` is what must be equal in segments that repeat. Of the runs that begin at a place the
    one that saves most boxes is taken.

    >>> from qnn_edu.tflite.graph import Operator
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
    """What segments share if one box can stand for all: all but names, weights and scales.

    Operators, options, shapes, types, values, and how they are joined; a segment must read what the
    one before it made, and what it makes nobody may read but itself and the one after it.
    """
    computed = {*graph.inputs, *(i for op in graph.operators for i in op.outputs)}
    leaving = _leaving(graph, parts)
    found: list[tuple[Hashable, ...]] = []
    before: set[int] = set()
    for k, part in enumerate(parts):
        inside: dict[int, Hashable] = {}
        rows: list[Hashable] = []
        for operator in (member for one in part for member in members(one)):
            read = []
            for i in operator.inputs:
                alone = k if i in computed and i not in before else None
                read.append(inside.get(i, i if i < 0 else (*_kind(graph.tensors[i]), alone)))
            for n, i in enumerate(operator.outputs):
                inside[i] = (len(rows), n)
            made = [
                (*_kind(graph.tensors[i]), values.get(i), k if i in leaving else None)
                for i in operator.outputs
            ]
            options = repr(sorted(operator.options.items()))
            rows.append((operator.name, options, tuple(read), tuple(made)))
        before = {i for operator in part for i in operator.outputs}
        found.append(tuple(rows))
    return found


def _leaving(graph: Subgraph, parts: Sequence[Segment]) -> set[int]:
    """Tensors that are outputs of the graph, or read beyond the segment after their own."""
    made = {i: k for k, part in enumerate(parts) for op in part for i in op.outputs}
    reads = ((k, i) for k, part in enumerate(parts) for op in part for i in op.inputs)
    return {*graph.outputs, *(i for k, i in reads if k > made.get(i, k) + 1)}


def _kind(tensor: Tensor) -> tuple[Hashable, ...]:
    """Shape and type; of whole numbers that steer an operator, such as axes, the values too."""
    data, steers = tensor.data, tensor.scale is None and tensor.dtype.kind == "i"
    values = data.tobytes() if data is not None and steers and data.size <= WHOLE else None
    return tensor.shape, tensor.type, values


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
