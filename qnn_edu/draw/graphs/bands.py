"""How a diagram lays a network out: columns in bands, by the sizes that boxes will have."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, starmap

from qnn_edu.draw.graphs.blocks import Block, arranged
from qnn_edu.draw.graphs.layout import Sizes, columns, filled, ranks, wide
from qnn_edu.draw.graphs.segments import Read
from qnn_edu.draw.graphs.words import notation, operators
from qnn_edu.draw.graphs.words.options import activation
from qnn_edu.tflite.graph import Operator, Subgraph, Tensor

HEIGHT = 410.0  # points that a column aims at; with its two ends about 640 pixels of a screen
BAND = 500.0  # points; where a column would be higher, columns begin anew below
FEW = 2  # bands; where there are more, arrows have no scales
FAR_END = 30.0  # points for the words at an end of a far arrow, beside a block
PASSING = 20.0  # points for an arrow, and its words, that passes beside the boxes of a block


@dataclass(frozen=True)
class Layout:
    """Columns of blocks, from left to right, in bands below one another.

    `bands` are the numbers of their columns; `width` is about that of the widest, in points. `far`
    are reads that no arrow is drawn for: it would pass by too much. In a `brief` layout arrows have
    shapes and types, but no scales.
    """

    columns: tuple[tuple[Block, ...], ...]
    bands: tuple[range, ...]
    width: float
    far: frozenset[Read]
    brief: bool

    def boxes(self, band: range) -> int:
        """How many operators are drawn in a band."""
        return sum(len(block.operators) for k in band for block in self.columns[k])


def wrapped(
    graph: Subgraph,
    values: Mapping[int, float],
    *,
    width: float,
    beside: float = 0.0,
    large: bool = False,
    whole: bool = True,
    collapse: bool | None = None,
    count: int | None = None,
) -> Layout:
    """The blocks of a graph in columns; see `diagrams.diagram` for the arguments.

    `beside` is what else stands beside the first band, in points. In a `large` graph what repeats
    is drawn once, and high columns begin anew in bands. On a sheet of the `whole` graph, if there
    are many bands, arrows have no scales.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_int8.tflite")).subgraphs[0]
    >>> [len(column) for column in wrapped(graph, {}, width=750).columns]
    [5, 5]
    """
    collapse = large if collapse is None else collapse
    found, far = arranged(graph, values, collapse=collapse, large=large)
    sizes = [_size(block, graph, far) for block in found]
    if count is not None or not large:
        rows = [columns(sizes, width=width - beside, height=HEIGHT, count=count)]
        return _layout(rows, found, sizes, far)
    rows = _bands(sizes, width, beside)
    if whole and len(rows) > FEW:
        sizes = [_size(block, graph, far, brief=True) for block in found]
        rows = _bands(sizes, width, beside)
        return _layout(rows, found, sizes, far, brief=True)
    return _layout(rows, found, sizes, far)


def _bands(sizes: Sizes, width: float, beside: float) -> list[list[list[int]]]:
    """Items in columns, these in bands that are at most `width` wide, the first one less.

    A band is filled with columns of at most BAND, then made even.
    """
    rows: list[list[list[int]]] = [[]]
    for column in filled(sizes, BAND):
        left = width - beside if len(rows) == 1 else width
        if rows[-1] and wide([*rows[-1], column], sizes) > left:
            rows.append([])
        rows[-1].append(column)
    found = []
    for k, row in enumerate(rows):
        some = [sizes[k] for column in row for k in column]
        even = columns(some, width=width - beside * (k == 0), height=HEIGHT)
        found.append([[row[0][0] + k for k in column] for column in even])
    return found


def _layout(
    rows: Sequence[Sequence[Sequence[int]]],
    blocks: Sequence[Block],
    sizes: Sizes,
    far: Collection[Read],
    *,
    brief: bool = False,
) -> Layout:
    """The layout of blocks whose numbers stand in columns, these in bands."""
    return Layout(
        tuple(tuple(blocks[k] for k in column) for row in rows for column in row),
        tuple(starmap(range, pairwise(accumulate(map(len, rows), initial=0)))),
        max(wide(row, sizes) for row in rows),
        frozenset(far),
        brief,
    )


def _size(
    block: Block, graph: Subgraph, far: Collection[Read], brief: bool = False
) -> tuple[float, float]:
    """About the width and height of a block in points."""
    numbers = {op.index: text for op, text in zip(block.operators, block.numbers, strict=True)}
    levels = [
        [_extent(op, numbers[op.index], graph, brief) for op in rank]
        for rank in ranks(block.operators)
    ]
    width = max(sum(wide for wide, _ in level) for level in levels)
    made = {i for op in block.operators for i in op.outputs}
    ends = [FAR_END for i, _ in far if i in made]
    ends += [_words(graph.tensors[i], brief) for i, reader in far if reader in numbers]
    beside = PASSING if len(block.operators) > 1 else 0.0
    return width + beside + max(ends, default=0.0), sum(
        max(high for _, high in level) for level in levels
    )


def _extent(operator: Operator, number: str, graph: Subgraph, brief: bool) -> tuple[float, float]:
    """About the width and height of an operator's box, with the arrow below it and its words."""
    lines = operators.details(operator, graph, brief=brief)
    head = 4.0 * len(number) + 5.0 * len(operator.name)
    box = max(head, 3.1 * max(map(len, lines), default=0)) + 8
    arrow = max((_words(graph.tensors[i], brief) for i in operator.outputs[:1]), default=8.0)
    rows = 1 + len(lines) + bool(activation(operator))
    return max(box, box / 2 + arrow), 9.5 * rows + (28 if brief else 37.5)


def _words(tensor: Tensor, brief: bool) -> float:
    """About the width of the words at an arrow."""
    return 3.0 * max(map(len, notation.described(tensor, brief))) + 8
